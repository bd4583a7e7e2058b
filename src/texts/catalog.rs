//! Which texts there are. What they say is in one file per language.

/// Makes the type of an area of a language's texts, so that a language without one of them does not compile.
macro_rules! area {
    (
        $(#[$about_area:meta])*
        $area:ident: $Area:ident {
            $( $(#[$about:meta])* $text:ident, )*
        }
    ) => {
        $(#[$about_area])*
        #[derive(Debug)]
        pub struct $Area {
            $( $(#[$about])* pub $text: &'static str, )*
        }

        #[cfg(test)]
        impl $Area {
            /// Every text, with where it is: `("settings.theme", "Theme")`.
            pub(super) fn each(&self) -> Vec<(&'static str, &'static str)> {
                vec![$( (concat!(stringify!($area), ".", stringify!($text)), self.$text), )*]
            }
        }
    };
}

/// Makes the type of a language's texts, area by area.
macro_rules! catalog {
    ($(
        $(#[$about_area:meta])*
        $area:ident: $Area:ident {
            $( $(#[$about:meta])* $text:ident, )*
        }
    )*) => {
        /// All texts in one language. `{name}` in a text is a place for [`fill`](super::fill); ` | ` stands between
        /// the forms of a text that [`plural`](super::plural) chooses from.
        #[derive(Debug)]
        pub struct Texts {
            /// What the language is called by those who speak it.
            pub name: &'static str,
            /// Its tag (BCP 47), by which numbers, dates and plurals are formed.
            pub tag: &'static str,
            /// The categories of its plurals (CLDR), in the order of the forms in each text that has several.
            pub plurals: &'static [&'static str],
            $( $(#[$about_area])* pub $area: $Area, )*
        }

        $( area! { $(#[$about_area])* $area: $Area { $( $(#[$about])* $text, )* } } )*

        #[cfg(test)]
        impl Texts {
            /// Every text of every area.
            pub(super) fn each(&self) -> Vec<(&'static str, &'static str)> {
                [$( self.$area.each(), )*].concat()
            }
        }
    };
}

catalog! {
    /// The languages themselves.
    language: Language {
        /// The name of the choice.
        choice,
        /// As the browser prefers.
        system,
        /// Another language has been chosen: this one.
        chosen,
    }

    /// The pages: headings, navigation, titles.
    pages: Pages {
        /// The first page.
        overview,
        /// The imports.
        queue,
        /// A dataset until the name of its file is known, which is the heading from then on.
        dataset,
        /// The device list.
        devices,
        /// What a person may choose.
        settings,
        /// The sign-in page, and the name of its button.
        sign_in,
        /// Paths that lead nowhere.
        not_found,
    }

    /// What several pages say, and the frame around them.
    common: Common {
        /// The button that ends this session.
        sign_out,
        /// The name of the main navigation.
        navigation,
        /// The link that jumps over the header.
        skip,
        /// The button of every list that could not be loaded.
        try_again,
        /// The way out of a question.
        cancel,
        /// The button that loads a list again.
        reload,
        /// What the banner says without a network.
        offline,
        /// The same where the backend has no imports.
        offline_without_imports,
        /// The notice before the absolute limit.
        ends_soon,
        /// When a reload failed and older data stays on the page.
        loaded_at,
    }

    /// Numbers and sizes.
    number: Number {
        /// What stands before the tenths.
        decimal,
        /// The length of a short file.
        bytes,
    }

    /// Lengths of time and moments.
    time: Time {
        /// Seconds, briefly.
        s,
        /// Minutes, briefly.
        min,
        /// Hours, briefly.
        h,
        /// Seconds in a sentence.
        seconds,
        /// Minutes in a sentence.
        minutes,
        /// Hours in a sentence.
        hours,
        /// Less than a minute ago.
        just_now,
        /// So long ago.
        minutes_ago,
        /// So long ago.
        hours_ago,
        /// So long ago.
        days_ago,
        /// When the moment has come.
        now,
        /// How long until something.
        inside,
    }

    /// Why a request brought nothing.
    request: Request {
        /// Nobody is signed in.
        signed_out,
        /// Another person is signed in.
        account_changed,
        /// There was no token to be had.
        unavailable,
        /// No answer came.
        network,
        /// None came in time.
        timed_out,
        /// The server refused without a word.
        status,
        /// The answer was none.
        unreadable,
        /// Something in front of the server refused it.
        gateway,
    }

    /// The state of the session.
    session: Session {
        /// The name of the session chip and the heading of the session card.
        name,
        /// While it is not known yet whether somebody is signed in.
        restoring,
        /// All is well.
        signed_in,
        /// After that, when the token is renewed.
        next_refresh,
        /// After that, where the token is left to expire until it is needed.
        when_needed,
        /// The last refresh failed, and `time.inside` follows.
        retrying,
        /// The server asked to be left alone.
        waiting,
        /// There is no network.
        offline,
        /// Nobody could be asked.
        unconfirmed,
        /// Health: all is well.
        fresh,
        /// Health: the token is left to expire until it is needed.
        resting,
        /// Health: a new token is on its way.
        refreshing,
        /// Health: the last refresh failed.
        retrying_why,
        /// Health: the server asked to be left alone.
        waiting_asked,
        /// Health: there is no network.
        offline_calm,
        /// Health: nobody could be asked.
        unconfirmed_why,
        /// What was wrong, as the end of a sentence.
        doubt_network,
        /// What was wrong.
        doubt_timed_out,
        /// What was wrong.
        doubt_status,
        /// What was wrong.
        doubt_unreadable,
        /// What was wrong.
        doubt_gateway,
        /// Ring: until what it counts.
        to_next_try,
        /// Ring: until what it counts.
        to_next_refresh,
        /// Ring: in place of a count.
        paused,
        /// Ring: why.
        while_offline,
        /// Ring: why.
        until_needed,
        /// Ring: in place of a count.
        now,
        /// Ring: why; also after `signed_in`.
        refreshing_now,
        /// Ring: in place of a count.
        on_demand,
        /// Ring: why.
        no_fixed_time,
    }

    /// Why a refresh happened, after when it was.
    cause: Cause {
        /// The page was loaded.
        restore,
        /// The time had come.
        scheduled,
        /// It had expired when it was needed again.
        expired,
        /// A request was refused.
        request_refused,
        /// A live connection was refused.
        socket_refused,
        /// The token was refused.
        validation_refused,
        /// The person asked.
        manual,
        /// The server sent a new one.
        header,
        /// Another tab did it.
        other_tab,
    }

    /// Why a session ended.
    ended: Ended {
        /// Signed out.
        by_person,
        /// Away for too long.
        inactivity,
        /// The absolute limit.
        expired,
        /// Signed out elsewhere.
        revoked,
        /// A credential came twice.
        reused,
        /// The server says no more.
        unspecified,
        /// In so many words, but perhaps for want of a cookie: what helps then.
        untried,
        /// The server has not been told, and nothing could tell it after this page.
        untold,
    }

    /// The sign-in page.
    sign_in: SignIn {
        /// What is needed for it did not come.
        not_loaded,
        /// Label of the first field.
        email,
        /// Label of the first field where people do not sign in with an address.
        username,
        /// Label of the second field.
        password,
        /// Label of the box that makes the password readable.
        show_password,
        /// Label of the box that lifts the inactivity limit on this device.
        keep,
        /// The button while the server is being asked.
        busy,
        /// How long a person may be away, said where they sign in (WCAG 2.2.6).
        limit,
        /// The same where people can choose to stay signed in.
        limit_unless,
        /// Where a person goes afterwards.
        back_to,
        /// Where people sign in, if not here.
        elsewhere,
        /// A name or a password that is not right.
        wrong,
        /// The same where people do not sign in with an address.
        wrong_username,
        /// The server refused the sign-in, and does not say why.
        refused,
        /// The same where it says why, in its own words: `{message}`.
        refused_why,
        /// After too many attempts; `too_many_left` follows and ticks.
        too_many,
        /// How long until then.
        too_many_left,
        /// When the wait is over.
        now,
        /// Without a connection.
        network,
        /// The address in the bar is not one the server knows.
        wrong_address,
        /// The browser keeps no cookie of the server, and what helps.
        no_cookies,
        /// The server has a problem.
        trouble,
        /// Somebody came back with an answer that this tab had not asked for.
        unasked,
        /// The server did not accept what it had sent the person back with.
        not_taken,
        /// The installation cannot lead anywhere.
        no_server,
        /// The authorization server cannot be reached.
        no_way_network,
        /// The authorization server has a problem.
        no_way_trouble,
    }

    /// The overview.
    overview: Overview {
        /// Who is signed in.
        signed_in_as,
        /// The button that asks for a new token.
        refresh_now,
        /// Term of the session card.
        health,
        /// Term of the session card.
        last_refresh,
        /// When the last refresh was and why.
        refreshed,
        /// The same of one that took no time here.
        refreshed_free,
        /// Before the first refresh.
        no_refresh,
        /// Term of the session card.
        token,
        /// Until when the token is good.
        token_until,
        /// Term of the session card.
        session_ends,
        /// When the absolute limit ends the session.
        ends_latest,
        /// Heading of the card about the person.
        account,
        /// Term of the account card.
        name,
        /// Term of the account card.
        email,
        /// Term of the account card.
        roles,
        /// What the device does not remember of the account while no server can be asked.
        unknown,
    }

    /// The queue.
    queue: Queue {
        /// Under the heading.
        introduction,
        /// Heading of the form.
        new,
        /// Label of the file chooser.
        file,
        /// What the file chooser takes.
        file_hint,
        /// The button that opens the system's file chooser.
        choose,
        /// Beside it, until a file is chosen.
        none_chosen,
        /// What opens the choices of how a file is read.
        read_wrongly,
        /// The choice that leaves it to the server.
        find_out,
        /// The button that sends the file.
        start,
        /// When nothing was chosen.
        no_file,
        /// When several files were dropped.
        one_file,
        /// When a file was chosen or dropped while another is being sent.
        one_at_a_time,
        /// Name of the bar while a file is being sent.
        sending,
        /// How much of the file has left.
        sent,
        /// When the whole file has left and the server has not answered yet.
        sent_all,
        /// After the person called the sending back.
        not_sent_cancelled,
        /// Why the server did not take it.
        not_sent,
        /// While there is no network; it leaves by itself.
        waits,
        /// When the file did not arrive; browsers do not say more.
        not_sent_network,
        /// For a person who was signed out meanwhile, once they are back.
        not_sent_signed_out,
        /// What a screen reader hears when a job has been taken.
        taken,
        /// Name of the table.
        table,
        /// Column of the table.
        column_file,
        /// Column of the table.
        column_state,
        /// Column of the table.
        column_taken,
        /// Column of the table.
        column_rejected,
        /// Column of the table.
        column_rate,
        /// Column of the table.
        column_started,
        /// Column of the table.
        column_actions,
        /// Column of the table.
        column_details,
        /// What a screen reader hears while the list is on its way.
        loading,
        /// Heading of the failure when there is nothing to show.
        failed,
        /// Before the first job.
        empty,
        /// While the connection of a job is being made anew.
        reconnecting,
        /// State of a job.
        queued,
        /// State of a job.
        running,
        /// State of a job.
        done,
        /// State of a job.
        broken,
        /// State of a job.
        cancelled,
        /// State of a job of which this version has not heard.
        unknown,
        /// Where there is no number yet.
        none,
        /// Before a worker has taken the job.
        not_started,
        /// How far a job is, after its state.
        percent,
        /// The accessible name of the bar of a job.
        progress_of,
        /// The accessible name of the button that ends a job.
        cancel,
        /// The button of a job that did not come to its end.
        retry,
        /// Its accessible name.
        retry_file,
        /// The link to what a job brought.
        open,
        /// Its accessible name.
        open_file,
        /// The accessible name of the link to the rows that were not taken.
        rejected_of,
        /// What came of a file without rows.
        only_header,
        /// What came of a file of which every row was taken.
        all_taken,
        /// What came of a file of which no row was taken.
        all_rejected,
        /// What came of any other file.
        some_rejected,
        /// When a job could not be cancelled.
        not_cancelled,
        /// When a job could not be retried.
        not_retried,
    }

    /// The page of a dataset.
    dataset: Dataset {
        /// The link back.
        back,
        /// Term of the facts.
        rows,
        /// Term of the facts.
        columns,
        /// Term of the facts.
        rejected_rows,
        /// Term of the facts.
        delimiter,
        /// What separates fields.
        commas,
        /// What separates fields.
        semicolons,
        /// What separates fields.
        tabs,
        /// Term of the facts.
        encoding,
        /// Term of the facts.
        imported,
        /// The button that saves the rows as a file.
        download,
        /// While the file is on its way.
        downloading,
        /// How much of it has come.
        downloading_size,
        /// When the file did not come.
        not_downloaded,
        /// When the browser would not save the file.
        not_saved,
        /// The button that deletes the dataset.
        delete,
        /// The question behind it.
        confirm_delete,
        /// What the question explains.
        delete_explained,
        /// When the dataset is still there.
        not_deleted,
        /// What a screen reader hears while the dataset is on its way.
        loading,
        /// Heading of the failure when there is nothing to show.
        failed,
        /// Where there is none of this name, or it is somebody else's.
        gone,
        /// When a page of rows could not be loaded.
        page_failed,
        /// Heading of the table.
        data,
        /// The first column: where a row stands in the file.
        line,
        /// Where a file has a header and nothing else.
        no_rows,
        /// Heading of what was not taken.
        rejected,
        /// Where everything was taken.
        nothing_rejected,
        /// Column of the rejected rows.
        reason,
        /// Column of the rejected rows.
        beginning,
        /// What stands for a column without a name.
        unnamed,
        /// How the rows are ordered, for the name of their table.
        in_order,
        /// How the rows are ordered.
        ascending,
        /// How the rows are ordered.
        descending,
        /// How many rows were rejected.
        not_taken,
        /// After that, where not all of them can be looked at.
        first_kept,
        /// After that, where all of them can.
        mend,
        /// Name of the buttons under a table.
        pages,
        /// To the first page.
        first,
        /// To the page before.
        previous,
        /// To the page after.
        next,
        /// To the last page.
        last,
        /// Which rows a page shows.
        shown,
        /// How many rows there are, where a page shows none.
        total,
    }

    /// The device list.
    devices: Devices {
        /// Under the heading.
        introduction,
        /// The mark of the session that asks.
        this_device,
        /// The mark of a session without an inactivity limit.
        kept,
        /// Term of a device.
        address,
        /// Term of a device.
        signed_in,
        /// Term of a device.
        last_active,
        /// The accessible name of a device's button.
        sign_out,
        /// The same for the session that asks.
        sign_out_this,
        /// After a device was signed out.
        signed_out,
        /// When a sign-out failed.
        not_signed_out,
        /// The button that ends all other sessions.
        sign_out_others,
        /// Heading of the question behind it.
        confirm,
        /// What the question explains.
        confirm_explained,
        /// The button that answers the question.
        confirm_button,
        /// Said in place of the button when there is nothing else.
        only_this,
        /// After all others were signed out, when there were none.
        no_others,
        /// After all others were signed out.
        signed_out_others,
        /// When signing out all others failed.
        others_not_signed_out,
        /// What a screen reader hears while the list is on its way.
        loading,
        /// Heading of the failure when there is nothing to show.
        failed,
    }

    /// The dialog before the inactivity limit.
    inactivity: Inactivity {
        /// Its name.
        heading,
        /// Above the count.
        lead,
        /// What a screen reader hears.
        spoken,
        /// The button that extends.
        stay,
        /// The button that does not.
        leave,
        /// The title of the tab while the question is open.
        title,
    }

    /// The page for paths that lead nowhere.
    not_found: NotFound {
        /// What was asked.
        lead,
        /// The link back.
        back,
    }

    /// The page of an installation that cannot start.
    broken_config: BrokenConfig {
        /// Its heading.
        heading,
        /// Ahead of the errors.
        lead,
        /// What to do.
        hint,
        /// Where the browser cannot run a session.
        no_entropy,
    }

    /// The theme switch.
    theme: Theme {
        /// Its name.
        name,
        /// As the system prefers.
        system,
        /// Always light.
        light,
        /// Always dark.
        dark,
    }

    /// The settings.
    settings: Settings {
        /// Heading of the first card.
        look,
        /// Under it.
        on_device,
        /// Heading of the card about what is recorded.
        record,
        /// Label of the choice of what the console is told.
        console,
        /// Only trouble.
        warnings,
        /// What operators watch for.
        events,
        /// All there is.
        everything,
        /// Under the choice.
        console_hint,
        /// Label of the box that keeps the record of activity.
        keep_record,
        /// Under the box while it is not ticked.
        record_goes,
        /// Under the box while it is ticked.
        record_stays,
        /// Heading of the table of times.
        timing,
        /// Column of the table.
        value,
        /// Column of the table.
        source,
        /// Column of the table.
        time,
        /// A value of time.
        inactivity_limit,
        /// A value of time.
        inactivity_warning,
        /// A value of time.
        refresh_buffer,
        /// A value of time.
        check_interval,
        /// A value of time.
        retry_delay,
        /// How often a refresh is tried.
        attempts,
        /// A value of it.
        no_limit,
        /// A value of time.
        call_timeout,
        /// A value of time.
        hold_limit,
        /// A value of time.
        request_limit,
        /// Where a value comes from.
        from_default,
        /// Where a value comes from.
        from_preset,
        /// Where a value comes from.
        from_configuration,
        /// Where a value comes from: the limit that was configured.
        from_derived,
    }

    /// What is said of failures, of a network that is not there, and of other builds.
    notices: Notices {
        /// The button that loads the page again.
        reload,
        /// The button that tries again what failed.
        try_again,
        /// The button that copies the details of a failure.
        copy,
        /// That button once it has.
        copied,
        /// What opens the details of a failure.
        details,
        /// In the place of a list, without a network.
        waits_for_network,
        /// In the place of a list, while the server does not answer.
        waits_for_server,
        /// The banner when a newer build is ready.
        new_version,
        /// Heading of the page that stands where the application failed.
        stopped,
        /// What that means.
        stopped_lead,
        /// And what to do.
        stopped_hint,
        /// In the place of a page whose code did not come.
        not_loaded,
        /// And what to do.
        not_loaded_hint,
    }

    /// What is said when the person, the device or the network changes under a page.
    states: States {
        /// A browser and where it runs.
        device,
        /// Nothing is known of a browser but where it runs.
        unknown_browser,
        /// Nothing is known of a device.
        unknown_device,
        /// A device was signed out elsewhere.
        device_gone,
        /// A device was signed in elsewhere.
        device_came,
        /// Another account was signed in in another tab.
        switched,
        /// A sign-in at the provider was not used, because somebody is signed in here.
        already_in,
        /// The button of what is only to be read.
        ok,
        /// The name of the notice before the absolute limit.
        limit_heading,
        /// What it says, ahead of the count.
        limit_lead,
        /// The same in a sentence, with how long is left.
        limit_spoken,
        /// What to do instead of extending.
        limit_advice,
        /// The title of the tab while it is shown.
        limit_title,
    }
    /// The page about what happened.
    activity: Activity {
        /// Heading, and name in the navigation.
        heading,
        /// Under the heading.
        introduction,
        /// Before anything happened.
        empty,
        /// Where nothing is of the kind that was chosen.
        empty_kind,
        /// Name of the figures.
        figures,
        /// A figure.
        refreshes,
        /// A figure.
        success,
        /// A figure.
        p50,
        /// A figure.
        p95,
        /// A figure.
        sign_ins,
        /// A figure.
        offline_time,
        /// A figure.
        longest_outage,
        /// What an outage is.
        outage_explained,
        /// Where there is no figure yet.
        none,
        /// Name of the choice of what is shown.
        show,
        /// A choice.
        all,
        /// A choice.
        kind_refreshes,
        /// A choice.
        kind_trouble,
        /// A choice.
        kind_sessions,
        /// A choice.
        kind_connections,
        /// The chart, in words.
        chart,
        /// The highest line of the chart.
        most,
        /// A colour of the chart.
        planned,
        /// A colour of the chart.
        loaded,
        /// A colour of the chart.
        asked,
        /// A colour of the chart.
        after_refusal,
        /// A colour of the chart.
        trouble,
        /// A colour of the chart.
        session,
        /// A colour of the chart.
        connection,
        /// A pattern of the chart.
        offline,
        /// A pattern of the chart.
        failing,
        /// Name of the table.
        table,
        /// A column.
        time,
        /// A column.
        what,
        /// A column.
        why,
        /// A column.
        duration,
        /// A button.
        export_json,
        /// A button.
        export_csv,
        /// Where the browser did not take the file.
        not_saved,
        /// Heading of what becomes of the record.
        kept,
        /// What becomes of it.
        kept_explained,
        /// A button.
        forget,
        /// Once it was pressed.
        forgotten,
        /// Milliseconds.
        ms,
        /// A share.
        percent,
        /// While it is not known yet.
        waiting,
    }
    /// What happened, in words.
    happened: HappenedTexts {
        /// What happened.
        started,
        /// Why.
        started_why,
        /// What happened.
        signed_in,
        /// Why.
        signed_in_why,
        /// What happened.
        sign_in_failed,
        /// Why.
        wrong,
        /// Why: the server refused the sign-in.
        not_accepted,
        /// Why: the server does not know the address in the bar.
        wrong_origin,
        /// Why.
        too_many,
        /// What happened.
        refreshed,
        /// What happened.
        refresh_failed,
        /// Why, and what comes next.
        refresh_failed_why,
        /// What happened.
        refresh_later,
        /// Why.
        refresh_later_why,
        /// What happened.
        refresh_refused,
        /// Why.
        refresh_refused_why,
        /// What happened.
        suspected,
        /// Why.
        suspected_why,
        /// What happened.
        check_failed,
        /// Why.
        check_failed_why,
        /// What happened.
        signed_out,
        /// What happened.
        told,
        /// Why.
        told_why,
        /// What happened.
        untold,
        /// Why.
        untold_why,
        /// What happened.
        account_changed,
        /// Why.
        account_changed_why,
        /// What happened.
        went_offline,
        /// Why.
        went_offline_why,
        /// What happened.
        came_online,
        /// Why.
        came_online_why,
        /// What happened.
        slept,
        /// Why.
        slept_why,
        /// What happened.
        clock_doubted,
        /// Why.
        clock_doubted_why,
        /// What happened.
        clock_was_set,
        /// Why.
        clock_was_set_why,
        /// Why a session ended.
        out_by_person,
        /// Why a session ended.
        out_inactivity,
        /// Why a session ended.
        out_limit,
        /// Why a session ended.
        out_revoked,
        /// Why a session ended.
        out_reused,
        /// Why a session ended.
        out_refused,
    }
    /// The last hours on the overview.
    timeline: TimelineTexts {
        /// Heading.
        heading,
        /// The drawing, in words: over what time.
        last_hours,
        /// The drawing, in words: how many tokens.
        tokens,
        /// The drawing, in words: how many refreshes.
        refreshes,
        /// The drawing, in words: how many failed.
        failed,
        /// The drawing, in words: how long there was no network.
        offline,
        /// A mark: a bar.
        token,
        /// A mark.
        sign_in,
        /// The edge.
        now,
        /// The way to the page with all of it.
        more,
    }
    /// The imports that run, on the overview.
    running: RunningTexts {
        /// Heading.
        heading,
        /// Where none runs.
        none,
        /// Where it is not known.
        failed,
        /// The way to the queue.
        more,
        /// Name of a bar.
        progress,
        /// How far an import is.
        percent,
        /// State.
        waiting,
        /// State.
        importing,
        /// State.
        reconnecting,
    }
}

area! {
    /// What servers say by a code. Apart from the other texts, so that the first visit does not load what only the
    /// pages about imports can come to say.
    reasons: Reasons {
        /// Of a row: another number of fields than the header.
        field_count,
        /// Of a field; `other_encoding` follows.
        not_utf8,
        /// Of a field: a NUL character.
        holds_nul,
        /// Of a file: nothing in it.
        empty,
        /// Of a file; `other_encoding` follows.
        header_not_utf8,
        /// What to do about it.
        other_encoding,
        /// Of a file: a header without names.
        header_blank,
        /// Of a file: no CSV.
        workbook,
        /// Of a file: another encoding.
        utf16,
        /// Of a file: no text.
        not_text,
        /// Of a file: it ends within quotation marks.
        quote_not_closed,
        /// Of a file: a row without end.
        row_too_long,
        /// Of a file: a row with too many fields.
        too_many_fields,
        /// Of a job: the server's disk or database.
        not_stored,
        /// Of a job: the file is gone.
        copy_unreadable,
        /// Of a job: a mistake in the server.
        defect,
        /// Of a job: it waits again.
        restarted,
        /// Of a request: too much was sent.
        body_too_large,
        /// Of a request: not all of it came.
        body_malformed,
        /// Of a request: too many imports at once.
        too_many_jobs,
        /// Of a request: too many datasets.
        too_many_datasets,
        /// Of a request: the import has ended.
        job_ended,
        /// Of a request: the import cannot be retried.
        job_not_repeatable,
        /// Of a request: what it names is not there.
        not_found,
        /// Of a request: too many attempts.
        too_many_attempts,
        /// Of a request: later it may succeed.
        busy,
        /// Of a request: a mistake in the server.
        internal,
    }
}

area! {
    /// What is said about a change of the password. Apart from the other texts for the same reason.
    passwords: Passwords {
        /// Heading of the card.
        heading,
        /// Label of a field.
        current,
        /// Label of a field.
        new,
        /// Under it: what it must be like.
        hint,
        /// Label of a box: the other sessions end.
        others,
        /// The button.
        change,
        /// The button while it is under way.
        busy,
        /// It is done.
        changed,
        /// It is done, and other sessions ended.
        changed_and_ended,
        /// Why not: the password of before is another one.
        wrong,
        /// Why not.
        too_short,
        /// Why not.
        too_long,
        /// Why not: spaces.
        blank,
        /// Why not: it is easily guessed.
        common,
        /// Why not: the account is for everybody.
        fixed,
    }
}
