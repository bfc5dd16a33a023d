package io.tillstream.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the noes of stripe-java apart from what it does not know. */
final class StripeErrors {

    /**
     * Codes after which the same card can work: its owner has money again, types the number right, passes the check, or
     * the bank is back. From Stripe's list of decline codes; any other code asks for another card.
     */
    private static final Set<String> SAME_CARD_MAY_WORK = Set.of(
            "approve_with_id",
            "authentication_required",
            "authentication_not_handled",
            "payment_intent_authentication_failure",
            "setup_intent_authentication_failure",
            "card_velocity_exceeded",
            "duplicate_transaction",
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_pin",
            "incorrect_zip",
            "insufficient_funds",
            "invalid_amount",
            "invalid_cvc",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "issuer_not_available",
            "processing_error",
            "reenter_transaction",
            "try_again_later",
            "withdrawal_count_limit_exceeded");

    /** Our key or our account is the reason, whatever was asked; some come with 400. */
    private static final Set<String> ACCOUNT = Set.of(
            "account_invalid",
            "api_key_expired",
            "livemode_mismatch",
            "not_allowed_on_standard_account",
            "platform_account_required",
            "platform_api_key_expired",
            "secret_key_required",
            "testmode_charges_only",
            "tls_version_unsupported");

    /** The bank's no, or its owner's, also where Stripe gives it the type of a wrong request, as after 3-D Secure. */
    static final Set<String> DECLINES = Set.of(
            "authentication_required",
            "bank_account_declined",
            "card_decline_rate_limit_exceeded",
            "card_declined",
            "expired_card",
            "incorrect_address",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_zip",
            "insufficient_funds",
            "invalid_cvc",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "payment_intent_authentication_failure",
            "payment_intent_payment_attempt_expired",
            "payment_intent_payment_attempt_failed",
            "payment_method_customer_decline",
            "payment_method_provider_decline",
            "payment_method_provider_timeout",
            "processing_error",
            "refer_to_customer",
            "setup_attempt_failed",
            "setup_intent_authentication_failure",
            "setup_intent_setup_attempt_expired");

    /** What one try came to. */
    enum Verdict {
        ANSWERED,
        /** Too many requests, or the same key is at work: nothing was done. */
        THROTTLED,
        /** No connection: nothing was sent. */
        NOT_SENT,
        /** Its key is another request's, which Stripe has done or refused: this one was not made, nor will be. */
        KEY_IN_USE,
        /** It could not even be written, so nothing was sent, and Stripe knows nothing of it. */
        UNSENDABLE,
        /** Our key or rights are wrong: nothing was done, and trying again helps nobody. */
        UNAUTHORIZED,
        UNKNOWN
    }

    private StripeErrors() {}

    static Verdict verdict(Throwable error) {
        if (error instanceof UnsendableRequestException) {
            return Verdict.UNSENDABLE;
        }
        if (error instanceof ApiConnectionException) {
            return neverSent(error.getCause()) ? Verdict.NOT_SENT : Verdict.UNKNOWN;
        }
        if (error instanceof AuthenticationException || error instanceof PermissionException) {
            return Verdict.UNAUTHORIZED;
        }
        if (error instanceof IdempotencyException) {
            return Verdict.KEY_IN_USE;
        }
        if (error instanceof StripeException stripe) {
            return byStatus(stripe);
        }
        return Verdict.UNKNOWN; // stripe-java throws NullPointerException and others on an empty or odd body
    }

    private static Verdict byStatus(StripeException error) {
        int status = status(error);
        if (error instanceof RateLimitException || status == 409) {
            return Verdict.THROTTLED;
        }
        StripeError told = error.getStripeError();
        if (told == null || status < 400 || status >= 500 || "api_error".equals(told.getType())) {
            return Verdict.UNKNOWN;
        }
        if (status == 404 && told.getCode() == null) {
            return Verdict
                    .UNKNOWN; // an address that Stripe, or who stands in its place, does not have: no word about an
            // object
        }
        return ACCOUNT.contains(String.valueOf(told.getCode())) ? Verdict.UNAUTHORIZED : Verdict.ANSWERED;
    }

    /** Whether Stripe repeats what it keeps for the idempotency key, instead of trying again. */
    static boolean isReplayed(@Nullable Throwable error) {
        StripeError told = error instanceof StripeException stripe ? stripe.getStripeError() : null;
        return told != null
                && told.getLastResponse() != null
                && told.getLastResponse()
                        .headers()
                        .firstValue("Idempotent-Replayed")
                        .map("true"::equals)
                        .orElse(false);
    }

    private static boolean neverSent(@Nullable Throwable cause) {
        if (cause == null) {
            return false;
        }
        return cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof UnresolvedAddressException
                || cause instanceof UnknownHostException
                || cause instanceof CertificateException // who answered is not Stripe, and was told nothing
                || neverSent(cause.getCause());
    }

    static <T> StripeResult<T> answer(StripeException error) {
        StripeError stripe = error.getStripeError();
        String code = stripe.getCode() == null ? String.valueOf(stripe.getType()) : stripe.getCode();
        String message = stripe.getMessage() == null ? "Stripe said no" : stripe.getMessage();
        // 402: the request was right, the payment failed; stripe-java goes by the status, older errors by the type.
        if (error instanceof CardException || RetryableDeclines.isDecline(stripe.getType(), code, null)) {
            return new StripeResult.Declined<>(
                    code,
                    stripe.getDeclineCode(),
                    message,
                    retryable(code, stripe.getDeclineCode(), stripe.getAdviceCode()),
                    stripe.getPaymentIntent(),
                    stripe.getSetupIntent());
        }
        return new StripeResult.Refused<>(
                status(error), code, message, stripe.getParam(), stripe.getPaymentIntent(), error.getRequestId());
    }

    static boolean retryable(String code, @Nullable String declineCode, @Nullable String advice) {
        if (advice != null) {
            return !advice.equals("do_not_try_again");
        }
        return SAME_CARD_MAY_WORK.contains(declineCode == null ? code : declineCode);
    }

    private static int status(StripeException error) {
        return error.getStatusCode() == null ? 0 : error.getStatusCode();
    }
}
