//! The same steps against every backend, each spoken to by configuration alone.

mod credential;
mod steps;

/// Names the steps for one backend, so that each of them can be run alone.
macro_rules! suite {
    ($module:ident, $backend:ident) => {
        mod $module {
            use perennial_e2e::Backend;

            use super::steps;

            #[test]
            fn a_person_signs_in_and_a_reload_restores_the_session() {
                steps::sign_in_and_reload(Backend::$backend);
            }

            #[test]
            fn three_lifetimes_of_work_are_not_interrupted_and_a_click_with_a_spent_token_waits_for_one_refresh()
             {
                steps::work(Backend::$backend);
            }

            #[test]
            fn fifty_requests_refused_at_once_cause_one_refresh_and_bring_fifty_answers() {
                steps::burst(Backend::$backend);
            }

            #[test]
            fn a_session_that_is_ended_elsewhere_leads_to_the_sign_in_page_with_the_reason_and_back() {
                steps::revocation(Backend::$backend);
            }

            #[test]
            fn a_backend_that_is_killed_and_comes_back_finds_the_person_signed_in() {
                steps::outage(Backend::$backend);
            }

            #[test]
            fn a_person_refreshes_by_hand_and_after_signing_out_the_refresh_credential_is_refused() {
                steps::by_hand(Backend::$backend);
            }
        }
    };
}

suite!(perennial, Perennial);
suite!(exchange, Exchange);
suite!(cookie_pair, CookiePair);
suite!(hybrid, Hybrid);
suite!(django, Django);
suite!(oidc_provider, OidcProvider);
suite!(allauth, Allauth);
suite!(better_auth, BetterAuth);

/// The life of a cookie that tells nothing of it, as an operator writes it down.
#[test]
fn what_a_backend_never_says_of_a_life_can_be_written_down_and_holds_after_a_reload() {
    steps::written_life(perennial_e2e::Backend::BetterAuth);
}
