//! Who sent an event, and the token that comes with it.

use crate::{Extra, Scalar};

/// The `auth` block of an event. Its tokens are not shown by `Debug`.
pub struct Auth {
    /// `access_token`: for calls in the name of the user who caused the event; absent where nobody did.
    pub access_token: Option<String>,
    /// `refresh_token`: renews the access token; only with `ONAPPINSTALL`.
    pub refresh_token: Option<String>,
    /// `expires`: when the access token ends, in Unix seconds.
    pub expires: Option<i64>,
    /// `expires_in`: seconds until then.
    pub expires_in: Option<i64>,
    /// `scope`: the permissions, joined by commas.
    pub scope: Option<String>,
    /// `domain`: host of the portal.
    pub domain: Option<String>,
    /// `server_endpoint`: address of the authorisation server's REST API.
    pub server_endpoint: Option<String>,
    /// `client_endpoint`: address of the portal's REST API.
    pub client_endpoint: Option<String>,
    /// `status`: how the application is licensed: `F` free, `D` demo, `T` trial, `P` paid, `L` local, `S` subscription.
    pub status: Option<String>,
    /// `member_id`: the portal's permanent identifier.
    pub member_id: Option<String>,
    /// `user_id`: the user who caused the event.
    pub user_id: Option<Scalar>,
    /// `application_token`: proves that the portal sent the event; compare it with the one from the installation.
    pub application_token: Option<String>,
    /// Keys that the docs do not mention.
    pub extra: Extra,
}

crate::object! { Auth {
    0 "access_token" access_token,
    1 "refresh_token" refresh_token,
    2 "expires" expires,
    3 "expires_in" expires_in,
    4 "scope" scope,
    5 "domain" domain,
    6 "server_endpoint" server_endpoint,
    7 "client_endpoint" client_endpoint,
    8 "status" status,
    9 "member_id" member_id,
    10 "user_id" user_id,
    11 "application_token" application_token,
} }
