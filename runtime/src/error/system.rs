//! The errors that any method can answer with.

use super::ErrorCode;

/// An error that any method can answer with, or the authorisation server.
#[derive(Clone, Copy, PartialEq, Hash)]
#[non_exhaustive]
pub enum SystemError {
    /// `INTERNAL_SERVER_ERROR`: something broke on the server.
    InternalServerError,
    /// `ERROR_UNEXPECTED_ANSWER`: something broke on the server.
    UnexpectedAnswer,
    /// `QUERY_LIMIT_EXCEEDED`: more requests than the portal's plan allows; wait and go on.
    QueryLimitExceeded,
    /// `OPERATION_TIME_LIMIT`: the method has used up its working time in the current window; wait for
    /// `operating_reset_at` and go on.
    OperationTimeLimit,
    /// `OVERLOAD_LIMIT`: the portal was blocked by hand. Only the support lifts that; waiting does not.
    OverloadLimit,
    /// `ERROR_BATCH_METHOD_NOT_ALLOWED`: the method cannot be called in a batch.
    BatchMethodNotAllowed,
    /// `ERROR_BATCH_LENGTH_EXCEEDED`: too many commands in a batch.
    BatchLengthExceeded,
    /// `NO_AUTH_FOUND`: no or a wrong token or webhook code.
    NoAuthFound,
    /// `expired_token`: the access token has to be renewed.
    ExpiredToken,
    /// `invalid_token`: the access token is none.
    InvalidToken,
    /// `authorization_error`: the user cannot be authorised.
    AuthorizationError,
    /// `WRONG_AUTH_TYPE`: the method cannot be called with this kind of authorisation.
    WrongAuthType,
    /// `INVALID_REQUEST`: not HTTPS; or a malformed request to the authorisation server.
    InvalidRequest,
    /// `invalid_client`: the application's identifier or secret is wrong, or it is not installed.
    InvalidClient,
    /// `invalid_grant`: the authorisation code or refresh token is wrong or used up.
    InvalidGrant,
    /// `invalid_scope`: more permissions were asked for than the application has.
    InvalidScope,
    /// `ACCESS_DENIED`: the portal's plan has no REST API. Methods use this code for their own refusals too.
    AccessDenied,
    /// `INVALID_CREDENTIALS`: the user may not call this method.
    InvalidCredentials,
    /// `insufficient_scope`: the token or webhook lacks a permission.
    InsufficientScope,
    /// `user_access_error`: the user may not use the application.
    UserAccessError,
    /// `PAYMENT_REQUIRED`: the application or the portal has to be paid for.
    PaymentRequired,
    /// `METHOD_CONFIRM_WAITING`: an administrator has to allow the call.
    MethodConfirmWaiting,
    /// `METHOD_CONFIRM_DENIED`: an administrator did not allow the call.
    MethodConfirmDenied,
    /// `ERROR_METHOD_NOT_FOUND`: the portal has no such method, or the token does not see it.
    MethodNotFound,
    /// `ERROR_MANIFEST_IS_NOT_AVAILABLE`: there is no manifest.
    ManifestIsNotAvailable,
    /// `PORTAL_DELETED`: the portal is closed.
    PortalDeleted,
    /// v3: the request does not fit the method's fields; details in
    /// [`ServerError::validation`](super::ServerError::validation).
    RequestValidation,
    /// v3: the fields do not fit each other.
    DtoValidation,
    /// v3: the filter does not fit the method's fields.
    FilterValidation,
    /// v3: the filter cannot be read.
    InvalidFilter,
    /// v3: the filter has an operator that does not exist.
    UnknownFilterOperator,
    /// v3: the order cannot be read.
    InvalidOrder,
    /// v3: the pagination cannot be read.
    InvalidPagination,
    /// v3: the selection cannot be read.
    InvalidSelect,
    /// v3: there is no such field.
    UnknownDtoProperty,
    /// v3: there is no such field to describe.
    FieldNotFound,
    /// v3: access denied.
    AccessDeniedV3,
    /// v3: the token or webhook lacks a permission.
    InsufficientScopeV3,
    /// v3: there is no such entity.
    EntityNotFound,
    /// v3: the idempotency key was used before with another body.
    IdempotencyKeyReused,
}

crate::error_code! { SystemError {
    InternalServerError "INTERNAL_SERVER_ERROR" en "Internal server error" status 500,
    UnexpectedAnswer "ERROR_UNEXPECTED_ANSWER" en "Server returned an unexpected response" status 500,
    QueryLimitExceeded "QUERY_LIMIT_EXCEEDED" en "Too many requests" status 503,
    OperationTimeLimit "OPERATION_TIME_LIMIT" en "Method is blocked due to operation time limit" status 429,
    OverloadLimit "OVERLOAD_LIMIT" en "REST API is blocked due to overload" status 503,
    BatchMethodNotAllowed "ERROR_BATCH_METHOD_NOT_ALLOWED" en "Method is not allowed for batch usage" status 405,
    BatchLengthExceeded "ERROR_BATCH_LENGTH_EXCEEDED" en "Max batch length exceeded" status 400,
    NoAuthFound "NO_AUTH_FOUND" en "Wrong authorization data" status 401,
    ExpiredToken "expired_token" en "The access token provided has expired" status 401,
    InvalidToken "invalid_token" status 401,
    AuthorizationError "authorization_error" status 401,
    WrongAuthType "WRONG_AUTH_TYPE" en "Current authorization type is denied for this method" status 403,
    InvalidRequest "INVALID_REQUEST" en "Https required" status 400,
    InvalidClient "invalid_client",
    InvalidGrant "invalid_grant",
    InvalidScope "invalid_scope",
    AccessDenied "ACCESS_DENIED" en "REST API is available only on commercial plans" status 403,
    InvalidCredentials "INVALID_CREDENTIALS" en "Invalid request credentials" status 403,
    InsufficientScope "insufficient_scope"
        en "The request requires higher privileges than provided by the webhook token" status 403,
    UserAccessError "user_access_error" en "The user does not have access to the application" status 403,
    PaymentRequired "PAYMENT_REQUIRED" status 402,
    MethodConfirmWaiting "METHOD_CONFIRM_WAITING" en "Waiting for confirmation" status 401,
    MethodConfirmDenied "METHOD_CONFIRM_DENIED" en "Method call denied" status 403,
    MethodNotFound "ERROR_METHOD_NOT_FOUND" en "Method not found!" status 404,
    ManifestIsNotAvailable "ERROR_MANIFEST_IS_NOT_AVAILABLE" en "Manifest is not available" status 404,
    PortalDeleted "PORTAL_DELETED" en "Portal was deleted" status 500,
    RequestValidation "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION" status 400,
    DtoValidation "BITRIX_REST_V3_EXCEPTION_VALIDATION_DTOVALIDATIONEXCEPTION" status 400,
    FilterValidation "BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTFILTERVALIDATIONEXCEPTION" status 400,
    InvalidFilter "BITRIX_REST_V3_EXCEPTION_INVALIDFILTEREXCEPTION" status 400,
    UnknownFilterOperator "BITRIX_REST_V3_EXCEPTION_UNKNOWNFILTEROPERATOREXCEPTION" status 400,
    InvalidOrder "BITRIX_REST_V3_EXCEPTION_INVALIDORDEREXCEPTION" status 400,
    InvalidPagination "BITRIX_REST_V3_EXCEPTION_INVALIDPAGINATIONEXCEPTION" status 400,
    InvalidSelect "BITRIX_REST_V3_EXCEPTION_INVALIDSELECTEXCEPTION" status 400,
    UnknownDtoProperty "BITRIX_REST_V3_EXCEPTION_UNKNOWNDTOPROPERTYEXCEPTION" status 400,
    FieldNotFound "BITRIX_REST_V3_REALISATION_EXCEPTION_FIELDNOTFOUNDEXCEPTION" status 400,
    AccessDeniedV3 "BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION" status 403,
    InsufficientScopeV3 "BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION" status 403,
    EntityNotFound "BITRIX_REST_V3_EXCEPTION_ENTITYNOTFOUNDEXCEPTION" status 404,
    IdempotencyKeyReused "BITRIX_REST_V3_EXCEPTION_IDEMPOTENCYKEYREUSEDEXCEPTION" status 422,
} }

impl SystemError {
    /// The shared error with this code; letter case does not matter.
    pub fn from_code(code: &str) -> Option<Self> {
        let index = Self::rows().iter().position(|row| row.code.eq_ignore_ascii_case(code))?;
        Self::ALL.get(index).copied()
    }

    /// Whether the server refused the call before carrying it out and the same call may succeed a little later: the two
    /// limits that drain by themselves.
    pub fn is_retryable(self) -> bool {
        matches!(self, SystemError::QueryLimitExceeded | SystemError::OperationTimeLimit)
    }

    /// Whether something broke on the server. It may have carried the call out.
    pub fn is_server_fault(self) -> bool {
        matches!(self, SystemError::InternalServerError | SystemError::UnexpectedAnswer)
    }

    /// Whether the credentials are at fault: a token to renew, a webhook that is gone, an application that is not
    /// installed.
    pub fn is_auth(self) -> bool {
        matches!(
            self,
            SystemError::NoAuthFound
                | SystemError::ExpiredToken
                | SystemError::InvalidToken
                | SystemError::AuthorizationError
                | SystemError::WrongAuthType
                | SystemError::InvalidClient
                | SystemError::InvalidGrant
        )
    }

    /// Whether the credentials are good but lack a permission.
    pub fn is_permission(self) -> bool {
        matches!(
            self,
            SystemError::AccessDenied
                | SystemError::AccessDeniedV3
                | SystemError::InvalidCredentials
                | SystemError::InsufficientScope
                | SystemError::InsufficientScopeV3
                | SystemError::InvalidScope
                | SystemError::UserAccessError
                | SystemError::MethodConfirmWaiting
                | SystemError::MethodConfirmDenied
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_in_any_letter_case() {
        assert_eq!(SystemError::from_code("expired_token"), Some(SystemError::ExpiredToken));
        assert_eq!(SystemError::from_code("EXPIRED_TOKEN"), Some(SystemError::ExpiredToken));
        assert_eq!(SystemError::from_code(""), None);
        assert_eq!(SystemError::QueryLimitExceeded.to_string(), "Too many requests");
        assert_eq!(format!("{:?}", SystemError::OverloadLimit), "OverloadLimit");
    }

    #[test]
    fn the_manual_block_is_not_retried_although_it_shares_the_status_of_the_rate_limit() {
        assert!(SystemError::QueryLimitExceeded.is_retryable());
        assert!(!SystemError::OverloadLimit.is_retryable());
        assert_eq!(SystemError::OverloadLimit.row().status, SystemError::QueryLimitExceeded.row().status);
    }

    #[test]
    fn every_code_is_listed_once() {
        for error in SystemError::ALL {
            assert_eq!(SystemError::from_code(error.row().code), Some(*error));
        }
    }
}
