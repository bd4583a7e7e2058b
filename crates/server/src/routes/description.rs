//! The description of what is served under `/api`, in OpenAPI: it grows with the routers, so that no route can be
//! added without its words, and is served itself.

use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Json, Response};
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Content, Info, OpenApi, Ref, Required, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::caller;
use super::cookie::Cookie;
use super::page_request;
use crate::app::App;
use crate::refusal::ErrorBody;
use crate::settings::Settings;

/// The route of the description.
pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    described(OpenApiRouter::new().routes(routes!(document)), "description", ErrorBody::Problem)
}

/// The description before any route is in it.
pub(super) fn begin(settings: &Settings) -> OpenApi {
    let info = Info::builder().title("perennial-server").version(env!("CARGO_PKG_VERSION"));
    let mut description = OpenApi::new(info.description(Some(ABOUT)).build(), Paths::new());
    let bearer = |about: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about));
        SecurityScheme::Http(scheme.build())
    };
    let cookie = |cookie: Cookie, about: &str| {
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(&*cookie.name(settings), about)))
    };
    let mut components = Components::new();
    for (name, scheme) in [
        ("bearer", bearer("An access token of any dialect.")),
        ("refresh_bearer", bearer("A refresh token of the dialect.")),
        (
            "access_cookie",
            cookie(
                Cookie::PairAccess,
                "An access token, where there is no Authorization header. All but GET and HEAD need the header X-Requested-By: perennial then.",
            ),
        ),
        ("refresh_cookie", cookie(Cookie::PairRefresh, "The refresh token of the cookie-pair dialect.")),
        ("perennial_cookie", cookie(Cookie::Refresh, "The refresh token of the perennial dialect.")),
    ] {
        components.add_security_scheme(name, scheme);
    }
    description.components = Some(components);
    description
}

/// Lets only those through whose access token is good, and says so in the description.
pub(super) fn guarded(
    app: &Arc<App>,
    (schemas, mut paths, router): UtoipaMethodRouter<Arc<App>>,
) -> UtoipaMethodRouter<Arc<App>> {
    let either = ["bearer", "access_cookie"].map(|name| SecurityRequirement::new(name, NO_SCOPES));
    for operation in paths.paths.values_mut().flat_map(operations) {
        operation.security = Some(either.to_vec());
    }
    (schemas, paths, router.route_layer(from_fn_with_state(Arc::clone(app), caller::require)))
}

/// Lets only pages of the application through, and says what they have to send in the description.
pub(super) fn from_pages(
    app: &Arc<App>,
    (schemas, mut paths, router): UtoipaMethodRouter<Arc<App>>,
) -> UtoipaMethodRouter<Arc<App>> {
    let marker = ParameterBuilder::new()
        .name("X-Requested-By")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("Always `perennial`"))
        .schema(Some(String::schema()))
        .build();
    for operation in paths.paths.values_mut().flat_map(operations) {
        operation.parameters.get_or_insert_default().push(marker.clone().into());
    }
    (schemas, paths, router.route_layer(from_fn_with_state(Arc::clone(app), page_request::require)))
}

/// Gives what a router serves its tag, and its errors their shape, in the description and on the wire.
pub(super) fn described(
    mut router: OpenApiRouter<Arc<App>>,
    tag: &str,
    errors: ErrorBody,
) -> OpenApiRouter<Arc<App>> {
    let (name, schema) = errors.schema();
    let refusal = ResponseBuilder::new()
        .description("Refused or failed, as `error` or `reason` says")
        .content(errors.media_type(), Content::new(Some(Ref::from_schema_name(&name))))
        .build();
    let description = router.get_openapi_mut();
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        let own = operation.operation_id.take().unwrap_or_default();
        operation.operation_id = Some(format!("{}_{own}", tag.replace('-', "_")));
        operation.tags = Some(vec![tag.to_owned()]);
        operation.responses.responses.insert("default".to_owned(), refusal.clone().into());
    }
    description.components.get_or_insert_default().schemas.insert(name, schema);
    router.layer(map_response(move |mut response: Response| async move {
        response.extensions_mut().insert(errors);
        response
    }))
}

/// Describes what is served here.
#[utoipa::path(get, path = "/openapi.json",
    responses((status = 200, description = "This description", content_type = "application/json")))]
async fn document(Extension(description): Extension<Arc<OpenApi>>) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(&*description)).into_response()
}

/// All methods that are served here.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

const ABOUT: &str = "The reference backend of Perennial: the dialects perennial, exchange, cookie-pair and hybrid over \
    one set of accounts and sessions, and imports of CSV files.";

/// A token here is good for everything that its person may do.
const NO_SCOPES: [&str; 0] = [];
