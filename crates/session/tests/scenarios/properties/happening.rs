//! What may happen to a session, at random.

use std::time::Duration;

use perennial_session::{
    Answer, CallId, CallKind, Confirmed, ConnectionId, Doubt, Grant, HeaderGrant, Input, Loss, RefreshAnswer,
    Refusal, RequestId, Secret, SignInAnswer, SignOutAnswer, SocketEvent, Status, ValidateAnswer, Wake, Wall,
};
use proptest::prelude::*;

use crate::world::{World, account, form, hours, millis, mins, secs};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Happening {
    SignIn {
        keep: bool,
    },
    SignOut,
    RefreshNow,
    Extend,
    Activity,
    Woke(Wake),
    WentOffline,
    /// The page goes, or seems to.
    Goes(Input),
    Timeout,
    /// A request to one of a few endpoints.
    Ask(u8),
    /// A 401 for a request that was asked some time ago.
    Refuse {
        ago: u64,
    },
    Settle {
        ago: u64,
    },
    Header {
        ago: u64,
        lifetime: Duration,
        stranger: bool,
    },
    /// Somebody wants to listen.
    Listen,
    /// Something about a connection of one of the sockets there are, the last or one before it; or of one that never was.
    Tell {
        which: usize,
        before: usize,
        told: Told,
    },
    /// Nobody listens any more.
    Hush {
        which: usize,
    },
    /// An answer to one of the calls that are open.
    Answer {
        which: usize,
        reply: Reply,
    },
    /// An answer to any call there ever was, of any kind.
    Stray {
        call: u64,
        kind: u8,
        reply: Reply,
    },
    /// Time in which the engine is woken when it asked for it.
    Advance(Duration),
    /// Time in which it is not.
    Pass(Duration),
    Sleep(Duration),
    SetBack(Duration),
    /// The page is loaded again.
    Restart,
    /// Somebody writes into the store in which grants are kept.
    Alter(Altered),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Altered {
    Removed,
    Access,
    Refresh,
    NoRefresh,
    Later,
    Earlier,
    OfAnotherSession,
    OfAnotherPerson,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told {
    Opened,
    Accepted,
    Heard,
    Lost(Loss),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    Good { lifetime: Option<Duration>, session: Option<Duration>, stranger: bool },
    Refused(Refusal),
    Later(Duration),
    Doubt(Doubt),
}

impl Happening {
    /// Lets it happen; the number is one that was never used before.
    pub(super) fn happen(&self, mut world: World, number: u64) -> World {
        match self {
            Self::SignIn { keep } => world.input(Input::SignIn(form(*keep))),
            Self::SignOut => world.input(Input::SignOut),
            Self::RefreshNow => world.input(Input::RefreshNow),
            Self::Extend => world.input(Input::Extend),
            Self::Activity => world.input(Input::Activity),
            Self::Woke(wake) => world.input(Input::Woke(*wake)),
            Self::WentOffline => world.input(Input::WentOffline),
            Self::Goes(sign) => world.input(sign.clone()),
            Self::Timeout => world.input(Input::Timeout),
            Self::Ask(endpoint) => world.ask_endpoint(number, &format!("GET /{endpoint}")),
            Self::Refuse { ago } => world.refuse(number.saturating_sub(*ago)),
            Self::Settle { ago } => world.settle(number.saturating_sub(*ago)),
            Self::Header { ago, lifetime, stranger } => {
                let grant = granted(&mut world, Some(*lifetime), None, *stranger);
                let grant = HeaderGrant {
                    access: grant
                        .access
                        .token()
                        .cloned()
                        .unwrap_or_else(|| Secret::new("secret-token-of-nobody")),
                    lifetime: *lifetime,
                    account_id: grant.account.expect("whose it is").id.clone(),
                    session_id: grant.session_id,
                };
                world.input(Input::HeaderToken { request: RequestId(number.saturating_sub(*ago)), grant });
            }
            Self::Listen => world.listen(number),
            Self::Tell { which, before, told } => {
                let socket = pick_socket(&world, *which);
                let made = world.connections(socket).rev().nth(*before);
                world.socket(socket, told.of(made.unwrap_or(ConnectionId(number))));
            }
            Self::Hush { which } => world.socket(pick_socket(&world, *which), SocketEvent::Settled),
            Self::Answer { reply, .. } => {
                if let Some((call, kind)) = self.answered(&world) {
                    let answer = reply.to(kind_number(kind), &mut world);
                    world.answer(call, answer);
                }
            }
            Self::Stray { call, kind, reply } => {
                let call = CallId(*call);
                if world.open_calls().all(|(open, _)| open != call) {
                    let answer = reply.to(*kind, &mut world);
                    world.answer(call, answer);
                }
            }
            Self::Advance(length) => {
                world.advance(*length);
                world.input(Input::Timeout);
            }
            Self::Pass(length) => {
                world.pass(*length);
                world.input(Input::Timeout);
            }
            Self::Sleep(length) => {
                world.sleep(*length);
                world.input(Input::Timeout);
            }
            Self::SetBack(length) => {
                world.set_back(*length);
                world.input(Input::Timeout);
            }
            Self::Restart => return world.restart(),
            Self::Alter(altered) => {
                altered.write(&mut world, number);
                world.input(Input::RecordChanged);
            }
        }
        world
    }

    /// A person who is not signed in mostly wants to be.
    pub(super) fn or_sign_in(self, world: &World) -> Self {
        let is_wish = match self {
            Self::SignOut
            | Self::RefreshNow
            | Self::Extend
            | Self::Activity
            | Self::Woke(_)
            | Self::Refuse { .. }
            | Self::Settle { .. } => true,
            Self::SignIn { .. }
            | Self::WentOffline
            | Self::Goes(_)
            | Self::Timeout
            | Self::Ask(_)
            | Self::Listen
            | Self::Tell { .. }
            | Self::Hush { .. }
            | Self::Header { .. }
            | Self::Answer { .. }
            | Self::Stray { .. }
            | Self::Advance(_)
            | Self::Pass(_)
            | Self::Sleep(_)
            | Self::SetBack(_)
            | Self::Restart
            | Self::Alter(_) => false,
        };
        let is_out = matches!(world.snapshot().status, Status::SignedOut { .. });
        match is_wish && is_out {
            true if world.open_calls().len() == 0 => {
                Self::SignIn { keep: matches!(self, Self::Refuse { .. }) }
            }
            true => {
                let lifetime = Some(secs(300));
                Self::Answer { which: 0, reply: Reply::Good { lifetime, session: None, stranger: false } }
            }
            false => self,
        }
    }

    /// How much time goes by.
    pub(super) fn length(&self) -> Duration {
        if let Self::Advance(length) | Self::Pass(length) | Self::Sleep(length) = self {
            return *length;
        }
        Duration::ZERO
    }

    /// The call that this answers.
    pub(super) fn answered<'a>(&self, world: &'a World) -> Option<(CallId, &'a CallKind)> {
        let Self::Answer { which, .. } = self else { return None };
        let open = world.open_calls().len();
        world.open_calls().nth(which % open.max(1))
    }
}

impl Altered {
    fn write(self, world: &mut World, number: u64) {
        let secret = || Secret::new(format!("secret-altered-{number}"));
        match self {
            Self::Removed => world.lose_kept(),
            Self::Access => world.alter(|it| it.access = secret().into()),
            Self::Refresh => world.alter(|it| it.refresh = Some(secret())),
            Self::NoRefresh => world.alter(|it| it.refresh = None),
            Self::Later => {
                world.alter(|it| (it.from, it.access) = (Wall(it.from.0.saturating_add(1)), secret().into()))
            }
            Self::Earlier => {
                world.alter(|it| (it.from, it.access) = (Wall(it.from.0.saturating_sub(1)), secret().into()))
            }
            Self::OfAnotherSession => world.alter(|it| it.session.salt ^= 1),
            Self::OfAnotherPerson => world.alter(|it| it.account = account("bob")),
        }
    }
}

impl Told {
    fn of(self, connection: ConnectionId) -> SocketEvent {
        match self {
            Self::Opened => SocketEvent::Opened(connection),
            Self::Accepted => SocketEvent::Accepted(connection),
            Self::Heard => SocketEvent::Heard(connection),
            Self::Lost(loss) => SocketEvent::Lost(connection, loss),
        }
    }
}

impl Reply {
    fn to(&self, kind: u8, world: &mut World) -> Answer {
        match kind % 4 {
            0 => Answer::SignIn(match self {
                Self::Good { lifetime, session, stranger } => {
                    SignInAnswer::Granted(granted(world, *lifetime, *session, *stranger))
                }
                Self::Refused(_) => SignInAnswer::WrongCredentials,
                Self::Later(wait) => SignInAnswer::Later(*wait),
                Self::Doubt(doubt) => SignInAnswer::Unknown(*doubt),
            }),
            1 => Answer::Refresh(match self {
                Self::Good { lifetime, session, stranger } => {
                    RefreshAnswer::Granted(granted(world, *lifetime, *session, *stranger))
                }
                Self::Refused(refusal) => RefreshAnswer::Refused(*refusal),
                Self::Later(wait) => RefreshAnswer::Later(*wait),
                Self::Doubt(doubt) => RefreshAnswer::Unknown(*doubt),
            }),
            2 => Answer::Validate(match self {
                Self::Good { lifetime, session, stranger } => ValidateAnswer::Valid(Confirmed {
                    account: Some(account(if *stranger { "bob" } else { "ada" })),
                    lifetime: *lifetime,
                    session_lifetime: *session,
                    ..Confirmed::default()
                }),
                Self::Refused(refusal) => ValidateAnswer::Unauthorized(*refusal),
                Self::Later(_) => ValidateAnswer::Unknown(Doubt::Status(503)),
                Self::Doubt(doubt) => ValidateAnswer::Unknown(*doubt),
            }),
            _ => Answer::SignOut(match self {
                Self::Good { .. } => SignOutAnswer::Done,
                Self::Refused(_) => SignOutAnswer::NoSession { status: 401 },
                Self::Later(_) => SignOutAnswer::Unknown(Doubt::Status(503)),
                Self::Doubt(doubt) => SignOutAnswer::Unknown(*doubt),
            }),
        }
    }
}

pub(super) fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![30 => no_time_passing(), 12 => time()]
}

pub(super) fn no_time_passing() -> impl Strategy<Value = Happening> {
    let ago = || prop_oneof![1..6_u64, 1..60_u64];
    let before = prop_oneof![6 => Just(0_usize), 1 => 1..3_usize];
    prop_oneof![
        5 => any::<bool>().prop_map(|keep| Happening::SignIn { keep }),
        1 => Just(Happening::SignOut),
        3 => Just(Happening::RefreshNow),
        2 => Just(Happening::Extend),
        3 => Just(Happening::Activity),
        3 => wake().prop_map(Happening::Woke),
        1 => Just(Happening::WentOffline),
        1 => prop_oneof![Just(Input::Leaving), Just(Input::Left)].prop_map(Happening::Goes),
        2 => Just(Happening::Timeout),
        8 => (0..4_u8).prop_map(Happening::Ask),
        8 => ago().prop_map(|ago| Happening::Refuse { ago }),
        3 => ago().prop_map(|ago| Happening::Settle { ago }),
        4 => Just(Happening::Listen),
        12 => (any::<usize>(), before, told()).prop_map(|(which, before, told)| Happening::Tell { which, before, told }),
        1 => any::<usize>().prop_map(|which| Happening::Hush { which }),
        3 => (ago(), lifetime(), rarely()).prop_map(|(ago, lifetime, stranger)| {
            Happening::Header { ago, lifetime, stranger }
        }),
        20 => (any::<usize>(), reply()).prop_map(|(which, reply)| Happening::Answer { which, reply }),
        2 => altered().prop_map(Happening::Alter),
        3 => (0..40_u64, any::<u8>(), reply()).prop_map(|(call, kind, reply)| {
            Happening::Stray { call, kind, reply }
        }),
        1 => Just(Happening::Restart),
    ]
}

fn time() -> impl Strategy<Value = Happening> {
    let length = || prop_oneof![(1..30_000_u64).prop_map(millis), (1..400_u64).prop_map(secs)];
    prop_oneof![
        6 => length().prop_map(Happening::Advance),
        3 => length().prop_map(Happening::Pass),
        1 => (2..300_u64).prop_map(|length| Happening::Sleep(mins(length) / 10)),
        1 => (1..50_u64).prop_map(|length| Happening::SetBack(mins(length))),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let session = prop_oneof![3 => Just(None), 1 => (0..4_000_u64).prop_map(|it| Some(secs(it)))];
    let lifetime = prop_oneof![9 => lifetime().prop_map(Some), 1 => Just(None)];
    let refusal = prop_oneof![
        Just(Refusal::Unspecified),
        Just(Refusal::Missing),
        Just(Refusal::Revoked),
        Just(Refusal::Expired),
        Just(Refusal::Reused),
    ];
    let doubt = prop_oneof![
        Just(Doubt::Network),
        Just(Doubt::TimedOut),
        Just(Doubt::Status(502)),
        Just(Doubt::Unreadable)
    ];
    prop_oneof![
        12 => (lifetime, session, rarely()).prop_map(|(lifetime, session, stranger)| {
            Reply::Good { lifetime, session, stranger }
        }),
        2 => refusal.prop_map(Reply::Refused),
        2 => (0..60_u64).prop_map(|wait| Reply::Later(secs(wait))),
        4 => doubt.prop_map(Reply::Doubt),
    ]
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        6 => Just(Told::Opened),
        6 => Just(Told::Accepted),
        2 => Just(Told::Heard),
        2 => Just(Told::Lost(Loss::Interrupted)),
        3 => Just(Told::Lost(Loss::Unauthorized)),
        1 => Just(Told::Lost(Loss::Gone)),
    ]
}

fn lifetime() -> impl Strategy<Value = Duration> {
    prop_oneof![
        2 => (0..10_u64).prop_map(secs),
        1 => (0..2_000_u64).prop_map(millis),
        6 => (10..2_000_u64).prop_map(secs),
        1 => (1..800_u64).prop_map(hours),
    ]
}

fn altered() -> impl Strategy<Value = Altered> {
    prop_oneof![
        Just(Altered::Removed),
        Just(Altered::Access),
        Just(Altered::Refresh),
        Just(Altered::NoRefresh),
        Just(Altered::Later),
        Just(Altered::Earlier),
        Just(Altered::OfAnotherSession),
        Just(Altered::OfAnotherPerson),
    ]
}

fn wake() -> impl Strategy<Value = Wake> {
    prop_oneof![Just(Wake::Seen), Just(Wake::Restored), Just(Wake::Online)]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop_oneof![9 => Just(false), 1 => Just(true)]
}

/// One of those that somebody listens to, or one that never was.
fn pick_socket(world: &World, which: usize) -> u64 {
    let sockets = world.listened();
    sockets.get(which % (sockets.len() + 1)).copied().unwrap_or(u64::MAX - 1)
}

fn granted(
    world: &mut World,
    lifetime: Option<Duration>,
    session_lifetime: Option<Duration>,
    stranger: bool,
) -> Grant {
    let grant = world.new_grant(secs(0));
    let account = account(if stranger { "bob" } else { "ada" });
    Grant { lifetime, session_lifetime, account: Some(account), ..grant }
}

fn kind_number(kind: &CallKind) -> u8 {
    match kind {
        CallKind::SignIn(_) => 0,
        CallKind::Refresh { .. } => 1,
        CallKind::Validate { .. } => 2,
        CallKind::SignOut { .. } => 3,
        CallKind::Clock => 4,
    }
}
