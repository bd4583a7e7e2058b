//! The reference backend of Perennial: accounts, sessions, their tokens, and the import of files, for development,
//! tests and small installations. `perennial-server --help` explains how to run it; this is what it promises.
//!
//! # Sessions
//! A session is one sign-in of one person on one device. It ends when the person signs out, when somebody signs in in
//! the same browser, when the person ends it from another device or changes the password and says so, when the operator
//! ends it, sets another password or closes the account, when one of its refresh tokens comes back after its use, when the person has opened
//! `--sessions-per-account` since and used all of them later, or at its absolute limit, which is
//! set at the sign-in and extended by nothing. With less than a whole second left it is over. An ended session is
//! refused on its next request, and remembered for a week, so that its device can be told why.
//!
//! # Dialects
//! Four stand side by side over the same accounts and sessions, and `GET /api/openapi.json` describes every request in
//! full. All sign in with `{"email","password"}`; `perennial` takes `keep` beside it.
//!
//! | dialect | requests | access token, session | renewed by |
//! |---|---|---|---|
//! | `perennial` | `POST`, `GET`, `DELETE /api/session`, `POST /api/session/refresh` | 900 s, a day | a refresh cookie, good once |
//! | `exchange` | `/api/v1/auth`: `POST /login`, `POST /refresh`, `GET /validate`, `POST /logout` | 3600 s, a day | the access token itself, expired or not, for as long as its session lives |
//! | `cookie-pair` | `/api/auth`: `POST /login`, `GET /status`, `POST /refresh`, `POST /logout` | 7 days, 30 days | the cookie `refreshToken`, or the same token as bearer or as `{"refreshToken"}`, good once; the access token is the cookie `authToken` |
//! | `hybrid` | `POST /api/login`, `GET /api/me`, `POST /api/refresh`, `POST /api/logout` | a day, 30 days | the refresh token as bearer, which stays the same |
//!
//! `--access-token-lifetime-s` changes the lives of access tokens in all dialects, and
//! `--access-token-lifetime-perennial-s` and its like in one.
//!
//! Answers that grant or confirm a session say how many seconds are left until its absolute limit: `session.expires_in`
//! in `perennial`, `session_expires_in` in `exchange` and `hybrid`, `sessionExpiresIn` in `cookie-pair`.
//!
//! A session belongs to the dialect it was opened in. Its access tokens are good as bearers everywhere, but its
//! tokens are renewed in this dialect alone: elsewhere they are refused with a 401 that ends nothing. Sign-out ends the
//! session in all of them, takes an expired access token as well as a fresh one, and closes the live connections.
//!
//! | dialect | what went wrong |
//! |---|---|
//! | `perennial`, and all that follows below | a problem document (RFC 9457) with a stable `reason` |
//! | `exchange` | `{"success":false,"error":"<the same reason>","message":"<a sentence>"}` |
//! | `cookie-pair`, `hybrid` | `{"error","message"}`; `GET /api/auth/status` adds `"authenticated":false`; times to wait are in minutes in `cookie-pair` |
//!
//! A problem document has the numbers of its sentence beside it, so that a client can put the reason in words of its
//! own: `retry_after_s` with `too_many_attempts`, `too_many_refreshes`, `too_many_downloads` and `busy`, `limit` with `too_many_jobs`, `too_many_datasets` and
//! `too_many_downloads`,
//! `limit_bytes` with `body_too_large`.
//!
//! A person lands on `/devices` with the role `admin`, on `/queue` with `operator`, else on `/`.
//!
//! # Access tokens
//! JWTs that name their key by `kid`, their account by `sub`, their session by `sid` and the dialect they were
//! made for by `aud`, with `iss` `perennial`. One that says otherwise, that is of another `typ`, for later (`nbf`) or has
//! `crit` is refused. A token lives at least as long as `expires_in` says and less than a second longer, by this
//! server's clock alone. A good signature is not enough: the session is read from the store on every request. When less
//! than a fifth of the presented token's life is left, and less than 300 s (`perennial`) or 2 h (`hybrid`), a successful
//! answer carries a fresh one in `X-New-Token`, unless the session would end no later than the old one. The other
//! dialects know no such header.
//!
//! They are signed with HS256, or with `--signing-algorithm eddsa` by Ed25519 (RFC 8037). Then
//! `GET /.well-known/jwks.json` has the public keys, so that other services can verify tokens by themselves; what they
//! do not see is that a session was ended before its token. A token is verified by the algorithm that it names, each with
//! a key of its own, so tokens in use stay good when the algorithm is changed. Any other algorithm is refused.
//!
//! Where there is no `Authorization` header, the cookie `authToken` is looked at. What it authorises is answered
//! without a token in any header or body.
//!
//! # Names of cookies
//! Over https all names begin with `__Host-` (`__Host-authToken`), so that no sibling host can set one of them.
//!
//! Where the main public origin has a port, the name of each cookie ends with it (`authToken_8080`). Browsers share
//! cookies between the ports of a host, and two backends there would sign each other out. A cookie with the name of
//! before, without the port, is taken where the other is missing, and is replaced by it.
//!
//! # Refresh tokens
//! 256 bits, derived by HMAC from a key, the session and a generation. `hybrid` has one for each session. In `perennial`
//! and `cookie-pair` it is in an `HttpOnly`, `SameSite=Strict` cookie, and the generation counts up. The store holds SHA-256 hashes only, of every generation, so a stolen token is known when it comes
//! back. Judging a token and following it by its successor is one transaction. What a token means:
//!
//! | the token | the request | what happens |
//! |---|---|---|
//! | is the current one | has the `Idempotency-Key` that made it, within the idempotency window | the same successor again, which is the token itself: the answer had set the cookie, but came to another tab or to none |
//! | is the current one | otherwise | a successor |
//! | is the previous one | has the `Idempotency-Key` that superseded it, within the idempotency window | the same successor again: its answer was lost |
//! | is the previous one | has any key, within the overlap | the same successor again: two tabs |
//! | is an older one | has the `Idempotency-Key` that superseded it, within the idempotency window | 409, nothing ends: a late duplicate |
//! | was superseded | has the `Idempotency-Key` that made it, within the idempotency window | 409, nothing ends: a late duplicate |
//! | was superseded | otherwise, in any dialect | 401, the session ends as stolen |
//!
//! Either window may be 0. A refusal never touches the cookie: it may arrive late and meet that of a newer sign-in.
//!
//! # Keys
//! One file that only its owner may read, with a secret for each key, from which what signs by each algorithm is derived.
//! The first key signs; `key rotate` puts a new one in front and keeps the
//! two before it, which go on verifying. Losing the file costs each client one refresh and no session, but for
//! those of `exchange`, which have nothing else to refresh by.
//!
//! # Guards
//! What a cookie authorises, but for reading, needs the header `X-Requested-By: perennial` and a known `Origin`. Pages of
//! the origins named by `--public-origin` may be loaded from another address than this one (CORS, with credentials);
//! to any other page no header says that it may read anything. Passwords are compared a few at a time, and an account
//! that does not exist costs as much as one that does. Refreshes are counted per session and per address, whatever comes of them;
//! beyond `--refreshes-per-session` and `--refreshes-per-address` within `--refresh-window-s` there is a 429 with
//! `Retry-After`, which ends nothing and spends no token. Bodies are bounded. Logs hold a line per request with the route's
//! pattern and never a header, a body or a path as typed. A refresh in `exchange` has a line of its own, in the words that
//! operators of such backends watch for: `Token refreshed successfully for user_id: {id}`, `Token refresh error: {reason}`.
//!
//! # Guessing
//! Failed sign-ins are counted in memory, within `--sign-in-failure-window-s`. Nobody can close an account to its person
//! by guessing:
//!
//! | counted for | at most | whom it stops |
//! |---|---|---|
//! | an account and a network (IPv4: a /24, IPv6: a /48) | `--sign-in-failures-per-account` | sign-ins to this account from this network |
//! | an account | `--sign-in-failures-per-account-everywhere` | sign-ins to this account by unknown devices |
//! | an address (IPv6: a /64) | `--sign-in-failures-per-address` | sign-ins from this address by unknown devices |
//! | an account and a known device | `--sign-in-failures-per-account` | this device, which then counts as unknown |
//!
//! From the fourth failure of an account on, sign-ins to it by unknown devices wait before the password is
//! compared: a quarter of a second, then twice as long each time, 4 s at most. Whoever is stopped gets a 429 with
//! `Retry-After`.
//!
//! A device is known to an account for `--known-device-lifetime-s` after a sign-in there, by the cookie
//! `perennial_device`. It is set in `perennial` and `cookie-pair`, since the other dialects know no cookies, and stays
//! after a sign-out. It names no person: it holds a random name and the time, signed together with the account and
//! the hash of its password, for up to 4 accounts. So it is worth nothing for another account, and nothing after a
//! change of the password. It opens nothing; a thief has as many tries as its owner.
//!
//! # Passwords
//! A new password has at least 8 characters and at most 1,024 bytes, holds more than blanks, and is none that can be
//! guessed within a million tries (`zxcvbn`: common passwords, words, names, keys in a row, dates, what the account
//! says of the person). There are no other rules. Letters count the same in whatever form they were typed (NFC);
//! addresses and hashes of versions before are found in the other form as well.
//!
//! `POST /api/password` with `{"current","new","sign_out_others"}` changes the password of the person who asks. It needs
//! the one of before, and says how many other sessions ended: `{"revoked"}`. Each session has
//! `--sign-in-failures-per-account` tries, whatever strangers do. What is wrong is a 403 (`wrong_password`,
//! `password_fixed` for the demo account) or a 422 (`password_too_short`, `password_too_long`, `password_blank`,
//! `password_common`).
//!
//! # Commands
//! `user add`, `user password`, `user disable`, `user enable` and `user list`, `session list` and `session revoke` work
//! beside a running server, on the same data directory. It looks sessions up in the store, so it refuses what they
//! ended from the next request on; live connections and downloads end within 5 s. Passwords are asked for without an
//! echo, or read as one line from standard input, and are never an argument.
//!
//! # Jobs
//! Everything below needs an access token of any dialect, and what belongs to somebody else is not found.
//!
//! | request | what it does |
//! |---|---|
//! | `POST /api/jobs?name=&delimiter=&encoding=` | takes a CSV file as the plain body, with `Content-Type: text/csv`, and answers with a job that waits; a delimiter (`comma`, `semicolon`, `tab`, or another character of ASCII) or an encoding (`utf-8`, `windows-1252`) that is not stated is found out |
//! | `GET /api/jobs`, `GET /api/jobs/{id}` | the person's jobs, the newest 200, or one: state, rows read, taken and rejected, rows per second |
//! | `GET /api/jobs/{id}/events?after=` | what happened to it, numbered from 1 without gaps and never changed; 500 at most from the number on |
//! | `POST /api/jobs/{id}/cancel` | ends it at once |
//! | `POST /api/jobs/{id}/retry` | begins it anew, if it failed or was cancelled and its file is kept |
//!
//! A job is `queued`, `running`, and in the end `done`, `failed` or `cancelled`, with a sentence that says why. A file
//! goes to disk as it comes, into a directory that only its owner may read, and is removed once it has been read; of
//! jobs that ended otherwise the last five files of each person are kept. Jobs are forgotten a week after their end.
//!
//! A file is read as UTF-8 where a byte order mark comes before its header, or where every byte of it is UTF-8, or where its
//! characters of several bytes outnumber the bytes that are no UTF-8; else as Windows-1252. The whole file counts, read
//! once through one buffer. A file that is cut inside its last character has no bad byte for that; a cut that leaves two
//! or three bytes counts as a character. In a UTF-8 file a row with a bad byte is rejected, and the byte is named.
//!
//! A first line `sep=;` states the delimiter and is no row, wherever empty lines and byte order marks stand around it. It
//! may name any character of ASCII but a quotation mark, letters, digits and control characters, and a tab also as `\t`.
//! Quotation marks in it and blanks behind it mean nothing. It may be filled up to the number of columns: by the
//! delimiter that it names, or by another of the usual three, in which case the rows decide between the two. `sep=` alone
//! states nothing and is no row either; what else follows makes it a header. What the person has stated counts before it.
//!
//! A byte order mark before a row is no data, in any encoding: it says that a file begins there, as where several were
//! joined, and a line `sep=;` behind it is no row then. A repeated header is a row, and without a mark so is such a line.
//! Within a row, or behind a quotation mark, a mark is text.
//!
//! Beside the sentence of a job that failed or was queued again, and beside the reason of a rejected row, `cause` says
//! the same to programs: a stable code with the values of the sentence, such as `{"code":"quote_not_closed","line":7}`.
//! The description lists them all. Whoever does not know a code has the sentence, which is all there is where an older
//! version wrote it.
//!
//! `--running-jobs` jobs run at the same time, each of another person, and of the people who wait the one who was
//! served longest ago comes next. `--jobs-per-account` bounds what one person has waiting, running and on its way in,
//! `--datasets-per-account` what comes of it, `--upload-limit-bytes` a file; one that
//! announces to be longer is refused before it is read. What is left of a refused file is read for 5 s and up to 32 MiB,
//! so that the reason gets through to a client that is still sending. A file whose session ends while it is sent
//! becomes no job: the session is looked at again when all of it is there.
//!
//! The first row is the header, rows are what RFC 4180 says, and lines that hold nothing are skipped. A row with
//! another number of fields than the header, with bytes that are not in the stated encoding or with a NUL is
//! rejected, with its line and a reason; the first 10 000 such rows are kept, all are counted. Without a statement,
//! a file that is UTF-8 throughout is UTF-8 and any other is Windows-1252. A row is 1 MiB long at most, the
//! header 64 KiB, and each has 1 024 fields at most, so that memory is bounded whatever a file holds. A file that has a longer one, or that ends within
//! quotation marks, fails: one mark that is never closed makes a single field of all rows behind it.
//!
//! Rows are written a thousand at a time together with the place in the file after them, bound to the claim of the
//! worker that read them. A process that ends in any way leaves a job that goes on from this place at the next
//! start; a dataset is seen when it is complete. One process at a time may serve a data directory.
//!
//! A disk that is full costs a 507 for a file, and one that is full or fails a 503 for what else would be written; it ends no job: a job tries again every second
//! and goes on when the disk does. An end that cannot be noted for any reason is tried again as well. A defect met while
//! reading a file fails its job and no other. `/healthz` reads and, every 2 s at most, writes: it says 503 for as long as either
//! fails.
//!
//! # Live connections
//! `GET /api/events` is a WebSocket that watches one job, in JSON text frames of at most 16 KiB. It is for pages of the
//! origins named, or no browser at all; others get a 403 before the upgrade. It knows no query: a URL is no place for a
//! token.
//!
//! | the client says | what it means |
//! |---|---|
//! | `{"type":"authenticate","access_token":"…"}` | who is there; the first message, and again with each newer token of the same session, which keeps the connection past the end of the last. An older one that is still good shortens nothing |
//! | `{"type":"watch","topic":"jobs/<id>","after":17}` | send the events of this job, from the one after this number on; it may follow `authenticate` at once. Another takes the place of the first |
//!
//! | the server says | what it means |
//! |---|---|
//! | `{"type":"authenticated","expires_in":300}` | a token was accepted; without a newer one the connection ends in so many whole seconds |
//! | `{"type":"event","number":17,"after":16,"event":{…}}` | an event as `GET /api/jobs/{id}/events` has it; `after` is the number of the one sent before |
//! | `{"type":"alive"}` | every 20 s, together with a ping |
//!
//! Where authentication is possible in the handshake only, the token comes as a subprotocol: a client that offers
//! `perennial.v1, bearer.<token>` is answered with `perennial.v1` and, where the token is not good, closed with 4401.
//! So is one that offers `perennial.v1, cookie`, by the cookie `authToken`.
//!
//! | closed with | because |
//! |---|---|
//! | 4401 | no token came in 5 s, the token is not good or of another session, it expired, or its session has ended |
//! | 4400 | a message was not understood; the reason names what was expected and, but for values, what was found |
//! | 4404 | there is no such topic for this person |
//! | 4408 | nothing came for 60 s, not even a pong, or a message was not taken for 30 s |
//! | 4429 | the person has `--connections-per-account` of them |
//! | 1001 | the server is about to stop |
//! | 1011 | the store failed |
//!
//! Events come from the store and no place else. A connection holds the number it has sent and the page it is
//! sending, 128 events at most; what happens wakes it by a bell, and it reads on from there, so it can stop anywhere and
//! another can go on after the same number. The session is read from the store again before each page. A message that
//! is not taken within a second makes the reader a slow one: of what has come meanwhile it gets each change of state
//! and the last event, and `after` tells that something is missing.
//!
//! A session that ends by a request to this process closes its connections at once; one that another process ended is
//! noticed within 5 s, and so is an event. Connections of which nobody knows yet whose they are have a bound of their
//! own, `--unauthenticated-connections`, of which one address (IPv6: one /64) has
//! `--unauthenticated-connections-per-address`; beyond them there is a 503. Behind a proxy this needs
//! `--trust-forwarded-for`, or all clients are one address. What an import does is independent of who watches.
//!
//! # Datasets
//! | request | what it does |
//! |---|---|
//! | `GET /api/datasets`, `GET /api/datasets/{id}` | the person's datasets, the newest first, or one: columns, numbers of rows |
//! | `GET /api/datasets/{id}/rows?offset=&limit=&sort=&order=` | a page of rows, in the order of the file or by the column of this number from 0: by value where every field is a number or empty, else as text (letters of ASCII without their case), what is empty last |
//! | `GET /api/datasets/{id}/rejected?offset=&limit=` | a page of rejected rows: line, reason, cause, how the row begins |
//! | `GET /api/datasets/{id}/csv` | all rows as UTF-8, comma and CR LF, read while they are sent |
//! | `DELETE /api/datasets/{id}` | hides it at once; its rows are deleted a few at a time |
//!
//! Downloads, and pages that are longer than 256 KiB, are read while they are sent, a piece of 256 KiB or one row at a time.
//! `--downloads-per-account` of them may be on their way to one person; another gets a 429.
//!
//! A download ends with the session that asked for it, and when nothing of it was taken for 30 s. It is broken off
//! then, and not ended, so that nobody takes it for the whole.
//!
//! Fields are text, exactly as the file has them.
//!
//! Sorting reads the whole dataset, so it has connections of its own and each person has one sorted page at a time;
//! what asks for another waits in line for 5 s and is then answered with 503. It stops when nobody waits for it any more.
//!
//! # Failed sign-ins
//! Each leaves a line in the log, as do those that are refused because there were too many:
//! `"level":"WARN","message":"sign-in failed","address":"192.0.2.7","account":"5f0c…","reason":"wrong_credentials"`. The
//! account is a keyed hash of what was typed, the same until the key is rotated. For fail2ban:
//! `failregex = "message":"sign-in failed","address":"<HOST>"`.
//!
//! # Operation
//! `GET /metrics` on `--metrics-listen` tells Prometheus what is counted, in text. It is on no other address, asks for no
//! password, and has places of its own, so it is there when people have taken all others. Each label comes from a list
//! in the program: the pattern of a route, the dialect, the outcome in the words of the log. No client adds a series.
//!
//! `--check` takes the flags of serving and starts nothing. It says each thing that is wrong in a line, and exits with 1
//! where the server would not start. It opens the database for reading alone.
//!
//! `backup` copies the data directory to a new one while the server runs: the database as it was at one moment (SQLite's
//! `VACUUM INTO`), the keys, and the files of jobs that wait. The copy is checked, and a server starts on it. A file whose
//! job came within the moments around the copy and ended at once may be missing; this job says so when it is read.
//!
//! `X-Forwarded-For` that is not believed is warned of once.
//!
//! # Connections
//! `--open-connections` may be open, `--open-connections-per-address` of them from one address (IPv6: one /64). What comes
//! beyond them is answered with a 503 that says when to come back, and the log names the flag every 10 s at most. With
//! `--trust-forwarded-for` all connections come from the proxy, and only the first bound counts. The program asks the
//! system for as many file handles as it gives; where these are too few for the bound, 128 are kept for the database and
//! files, half of the others are for one address, and the log says so at the start. When handles run out all the same,
//! the log says that too.
//!
//! A connection ends when it says nothing for `--header-timeout-s` at its beginning or for `--idle-timeout-s` between two
//! requests, when the head of a request is not complete `--header-timeout-s` after its first byte, and when nothing of an
//! answer is taken for `--write-timeout-s`. How long a body may take is said where it is read. Live connections have
//! times of their own.
//!
//! # Shape
//! `routes` holds a module per dialect with the shapes on the wire; `sessions` is what they all share, `live` what
//! connections do;
//! [`import`] reads files and knows no job, `jobs` brings its batches to the store;
//! [`store`] is an interface that knows no database, with SQLite behind it; `metrics` counts where a request is logged. Time comes from one [`clock`].
//! A start refuses what it finds broken in one sentence ([`failure`]) and changes nothing of it.

pub mod app;
mod backup;
pub mod check;
pub mod cli;
pub mod commands;
pub mod failure;
pub mod serve;
pub mod settings;
mod sign_out_ticket;

mod assets;
mod connections;
mod cross_origin;
mod forwarded;
mod headers;
mod lingering;
pub mod log;
mod machine;
mod metrics;
mod problems;
mod refusal;
mod request_log;
mod routes;
mod sentences;

mod access_token;
mod attempts;
mod counts;
mod device;
mod lines;
mod new_password;
pub mod refresh_token;
mod sessions;

pub mod import;
mod jobs;
mod live;

pub mod accounts;
pub mod clock;
mod data_dir;
pub mod dialect;
mod keys;
mod known_device;
mod passwords;
mod private_file;
pub mod store;
