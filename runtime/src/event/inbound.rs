//! Calls to a handler that are no events: the form that opens a placement, and webhooks.

use crate::{
    Any, DecodeError, EventBody, Extra,
    wire::{self, Object, Slot},
};

/// What the docs say of an inbound call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboundInfo {
    /// A placement's code, or the parameter that holds a webhook's address: `CRM_DEAL_DETAIL_TAB`, `PRINT_URL`. In a code `XXX`
    /// and `*` stand for what differs: `CRM_DYNAMIC_XXX_DETAIL_TAB`.
    pub name: &'static str,
    /// URL of the page that documents it.
    pub page: &'static str,
}

impl InboundInfo {
    /// Whether `code`, as it came, is this placement. Letter case does not matter.
    ///
    /// ```
    /// use bitrix24_runtime::InboundInfo;
    ///
    /// let info = InboundInfo { name: "CRM_DYNAMIC_XXX_DETAIL_TAB", page: "" };
    /// assert!(info.is("CRM_DYNAMIC_183_DETAIL_TAB") && !info.is("CRM_DYNAMIC_183_LIST_MENU"));
    /// ```
    pub fn is(&self, code: &str) -> bool {
        let (name, code) = (self.name.to_ascii_uppercase().replace("XXX", "*"), code.to_ascii_uppercase());
        match name.split_once('*') {
            None => name == code,
            Some((before, after)) => {
                code.len() >= before.len() + after.len() && code.starts_with(before) && code.ends_with(after)
            }
        }
    }
}

/// A place in a portal's interface where it opens an application. The type is what `PLACEMENT_OPTIONS` holds there.
pub trait Placement: Object {
    /// What the docs say of it.
    const INFO: &'static InboundInfo;
}

/// A request that a portal sends to an address of the application. The type is what it carries: [`EventBody::read`].
pub trait Webhook: Object {
    /// What the handler has to answer, as JSON; [`Any`] where the docs do not say.
    type Answer: serde::Serialize;
    /// What the docs say of it.
    const INFO: &'static InboundInfo;
}

/// The form with which a portal opens an application in a placement. `Debug` shows no token.
///
/// ```
/// use bitrix24_runtime::{Any, EventBody, PlacementCall};
///
/// let query = "DOMAIN=example.bitrix24.com&PROTOCOL=1&LANG=en&APP_SID=5f6e";
/// let body = b"AUTH_ID=a1&AUTH_EXPIRES=3600&REFRESH_ID=r1&member_id=m1&status=L\
///     &PLACEMENT=CRM_DEAL_DETAIL_TAB&PLACEMENT_OPTIONS=%7B%22ID%22%3A%223473%22%7D";
/// let call: PlacementCall<Any> = EventBody::parse_with_query(query, body)?.read_placement()?;
/// assert_eq!(call.domain.as_deref(), Some("example.bitrix24.com"));
/// assert_eq!(call.options.unwrap()["ID"], "3473");
/// # Ok::<(), bitrix24_runtime::DecodeError>(())
/// ```
///
/// Anyone can post such a form. Before it is trusted, the portal should be called with its token: only a genuine one is
/// accepted.
pub struct PlacementCall<O = Any> {
    /// `DOMAIN`: host of the portal.
    pub domain: Option<String>,
    /// `PROTOCOL`: whether the portal is reached by `https`.
    pub https: Option<bool>,
    /// `LANG`: language of the user's interface.
    pub lang: Option<String>,
    /// `APP_SID`: the session of the application's frame.
    pub app_sid: Option<String>,
    /// `APPLICATION_TOKEN`: proves that the portal sent the form; in some placements only.
    pub application_token: Option<String>,
    /// `APPLICATION_SCOPE`: the application's permissions, joined by commas; in some placements only.
    pub application_scope: Option<String>,
    /// `SERVER_ENDPOINT`: address of the authorisation server's REST API; in some placements only.
    pub server_endpoint: Option<String>,
    /// `AUTH_ID`: access token, for calls in the name of the user who opened the placement.
    pub auth_id: Option<String>,
    /// `AUTH_EXPIRES`: seconds until the access token ends.
    pub auth_expires: Option<i64>,
    /// `REFRESH_ID`: renews the access token.
    pub refresh_id: Option<String>,
    /// `member_id`: the portal's permanent identifier.
    pub member_id: Option<String>,
    /// `status`: how the application is licensed: `F` free, `L` local …
    pub status: Option<String>,
    /// `PLACEMENT`: code of the placement.
    pub placement: Option<String>,
    /// `PLACEMENT_OPTIONS`: where in the portal it was opened; `None` in placements that have none.
    pub options: Option<O>,
    /// Keys without a field.
    pub extra: Extra,
}

/// The key of the options, which come as JSON in a string.
const OPTIONS: &str = "PLACEMENT_OPTIONS";

crate::__table! { false PlacementCall<O> {
    0 "DOMAIN" domain,
    1 "PROTOCOL" https int,
    2 "LANG" lang,
    3 "APP_SID" app_sid,
    4 "APPLICATION_TOKEN" application_token,
    5 "APPLICATION_SCOPE" application_scope,
    6 "SERVER_ENDPOINT" server_endpoint,
    7 "AUTH_ID" auth_id,
    8 "AUTH_EXPIRES" auth_expires,
    9 "REFRESH_ID" refresh_id,
    10 "member_id" member_id,
    11 "status" status,
    12 "PLACEMENT" placement,
    13 "PLACEMENT_OPTIONS" options,
} }

impl EventBody {
    /// Code of the placement as it came; empty where the body opens none.
    pub fn placement(&self) -> &str {
        self.as_json().get("PLACEMENT").and_then(Any::as_str).unwrap_or_default()
    }

    /// Whether it opens the placement `P`.
    pub fn opens<P: Placement>(&self) -> bool {
        P::INFO.is(self.placement())
    }

    /// Reads the form that opens a placement. Options are read from JSON in a string, as portals send them, and as they are;
    /// an empty string or list is none.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    pub fn read_placement<O: Slot>(&self) -> Result<PlacementCall<O>, DecodeError> {
        let mut call = <PlacementCall<O> as Object>::blank();
        wire::fill_from_tree(&self.opened()?, &mut call)?;
        Ok(call)
    }

    /// The body with its options opened.
    pub(crate) fn opened(&self) -> Result<Any, DecodeError> {
        let mut form = self.as_json().clone();
        let Some(options) = form.get_mut(OPTIONS) else { return Ok(form) };
        if let Some(text) = options.as_str() {
            *options = match text.trim() {
                "" => Any::Null,
                text => serde_json::from_str(text).map_err(|error| DecodeError {
                    path: wire::Path::of_key(OPTIONS),
                    wanted: "JSON in a string".to_owned(),
                    // What stands there is not quoted.
                    met: format!("what breaks off as JSON at column {}", error.column()),
                })?,
            };
        }
        if options.as_array().is_some_and(Vec::is_empty) {
            *options = Any::Null;
        }
        Ok(form)
    }
}

/// The placements of a module: an enum with one variant a placement and `Other`, by
/// [`placements!`](macro@crate::placements).
pub trait AnyPlacement: Sized {
    /// Every placement of the module.
    const PLACEMENTS: &'static [&'static InboundInfo];

    /// Gives the options the type of their placement; `Other` where it is none of the module's.
    ///
    /// # Errors
    ///
    /// The first value that cannot be read, with its path.
    fn from_body(body: EventBody) -> Result<Self, DecodeError>;
}

/// Makes an enum with a variant `Other(EventBody)` the placements of a module: [`AnyPlacement`].
///
/// Each line is variant and type of the options; variants hold the [`PlacementCall`] in a `Box`.
#[macro_export]
macro_rules! placements {
    ($ty:ident { $($variant:ident $options:ty,)* }) => {
        impl $crate::AnyPlacement for $ty {
            const PLACEMENTS: &'static [&'static $crate::InboundInfo] = &[$(<$options as $crate::Placement>::INFO),*];

            #[inline]
            fn from_body(body: $crate::EventBody) -> Result<Self, $crate::DecodeError> {
                $(
                    if body.opens::<$options>() {
                        return Ok(Self::$variant(Box::new(body.read_placement()?)));
                    }
                )*
                Ok(Self::Other(body))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct MoonTab {
        id: Option<i64>,
        extra: Extra,
    }

    crate::object! { MoonTab { 0 "ID" id, } }

    impl Placement for MoonTab {
        const INFO: &'static InboundInfo = &InboundInfo { name: "MOON_XXX_TAB", page: "" };
    }

    #[derive(Debug)]
    enum Place {
        MoonTab(Box<PlacementCall<MoonTab>>),
        Other(EventBody),
    }

    crate::placements! { Place { MoonTab MoonTab, } }

    fn body(options: &str) -> EventBody {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("AUTH_ID", "s3cret-a").append_pair("AUTH_EXPIRES", "3600");
        form.append_pair("REFRESH_ID", "s3cret-r").append_pair("APPLICATION_TOKEN", "s3cret-t");
        form.append_pair("member_id", "m1").append_pair("status", "L").append_pair("PLACEMENT", "MOON_17_TAB");
        form.append_pair("handler", "1").append_pair("PLACEMENT_OPTIONS", options);
        let query = "DOMAIN=moon.example.com&PROTOCOL=1&LANG=en&APP_SID=sid";
        EventBody::parse_with_query(query, form.finish().as_bytes()).unwrap()
    }

    #[test]
    fn a_form_is_read_with_its_options() {
        let Place::MoonTab(call) = Place::from_body(body(r#"{"ID":"42","MODE":"view"}"#)).unwrap() else { panic!() };
        assert_eq!((call.domain.as_deref(), call.https), (Some("moon.example.com"), Some(true)));
        assert_eq!((call.auth_id.as_deref(), call.refresh_id.as_deref()), (Some("s3cret-a"), Some("s3cret-r")));
        assert_eq!((call.auth_expires, call.status.as_deref()), (Some(3600), Some("L")));
        let options = call.options.as_ref().unwrap();
        assert_eq!((options.id, options.extra.get("MODE").and_then(Any::as_str)), (Some(42), Some("view")));
        assert_eq!(call.extra.get("handler").and_then(Any::as_str), Some("1"));
    }

    #[test]
    fn options_may_be_missing_empty_or_no_string() {
        for options in ["", " ", "[]", "null"] {
            assert!(body(options).read_placement::<MoonTab>().unwrap().options.is_none(), "{options}");
        }
        let json = br#"{"PLACEMENT":"MOON_1_TAB","AUTH_EXPIRES":3600,"PLACEMENT_OPTIONS":{"ID":7}}"#;
        let call = EventBody::parse(json).unwrap().read_placement::<MoonTab>().unwrap();
        assert_eq!((call.options.unwrap().id, call.auth_expires), (Some(7), Some(3600)));
        let call = EventBody::parse(b"PLACEMENT=MOON_1_TAB&PLACEMENT_OPTIONS[ID]=7").unwrap();
        assert_eq!(call.read_placement::<MoonTab>().unwrap().options.unwrap().id, Some(7));
        assert!(EventBody::parse(b"PLACEMENT=LEFT").unwrap().read_placement::<MoonTab>().unwrap().options.is_none());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_path_and_without_its_content() {
        let error = body("{s3cret").read_placement::<MoonTab>().unwrap_err();
        assert_eq!(error.path.to_string(), "PLACEMENT_OPTIONS");
        assert!(!error.to_string().contains("s3cret"), "{error}");
        let error = body(r#"{"ID":{"a":1}}"#).read_placement::<MoonTab>().unwrap_err();
        assert_eq!(error.path.to_string(), "PLACEMENT_OPTIONS.ID");
    }

    #[test]
    fn an_unknown_placement_is_kept_and_no_token_is_shown() {
        let Place::Other(other) = Place::from_body(EventBody::parse(b"PLACEMENT=SUN&AUTH_ID=s3cret").unwrap()).unwrap()
        else {
            panic!()
        };
        assert_eq!(other.placement(), "SUN");
        for shown in
            [format!("{other:?}"), format!("{:?}", body("")), format!("{:?}", Place::from_body(body("")).unwrap())]
        {
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        assert_eq!(Place::PLACEMENTS[0].name, "MOON_XXX_TAB");
    }
}
