//! Which texts there are. What they say is in one file per language.

/// Makes the type of a language's texts, area by area, so that a language without one of them does not compile.
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

        $(
            $(#[$about_area])*
            #[derive(Debug)]
            pub struct $Area {
                $( $(#[$about])* pub $text: &'static str, )*
            }
        )*

        #[cfg(test)]
        impl Texts {
            /// Every text, with where it is: `("settings.theme", "Theme")`.
            pub(super) fn each(&self) -> Vec<(&'static str, &'static str)> {
                vec![$( $( (concat!(stringify!($area), ".", stringify!($text)), self.$area.$text), )* )*]
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
        /// The choice that it outlives the session.
        keep,
        /// A button.
        forget,
        /// Milliseconds.
        ms,
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
        /// Why a refresh was made.
        cause_restore,
        /// Why a refresh was made.
        cause_scheduled,
        /// Why a refresh was made.
        cause_request,
        /// Why a refresh was made.
        cause_socket,
        /// Why a refresh was made.
        cause_check,
        /// Why a refresh was made.
        cause_manual,
        /// Why a refresh was made.
        cause_header,
        /// Why a refresh was made.
        cause_other_tab,
        /// What was wrong.
        doubt_network,
        /// What was wrong.
        doubt_timed_out,
        /// What was wrong.
        doubt_status,
        /// What was wrong.
        doubt_unreadable,
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
