package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import com.stripe.net.ApiMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong request, a used token, somebody else's card and a declined card are four things. */
class RefusalReasonTest {

    @ParameterizedTest
    @CsvFileSource(resources = "/error-codes.csv")
    void everyCodeThatStripeDocumentsIsToldAsWhatItIs(String code, String expected) {
        assertThat(told(error(400, "invalid_request_error", code, null, "No."))).isEqualTo(expected);
        boolean declined = told(error(402, "card_error", code, null, "No.")).equals("DECLINED");
        assertThat(declined || expected.equals("UNAUTHORIZED"))
                .as("402: the request was right, the payment failed")
                .isTrue();
    }

    /** What Stripe answers without a code; words as shops have published them with their bug reports. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "400|-|You cannot combine currencies on a single customer. This customer has an active subscription,"
                        + " subscription schedule, discount, quote, or invoice item with currency eur.|SECOND_CURRENCY",
                "400|-|You cannot combine currencies on a single customer. This customer has had a subscription,"
                        + " coupon, or invoice item with currency usd|SECOND_CURRENCY",
                "400|-|The currency of the selected prices (eur) does not match the customer currency"
                        + " (usd).|SECOND_CURRENCY",
                "400|-|You cannot use a Stripe token more than once: tok_1.|TOKEN_USED",
                "400|-|The provided PaymentMethod was previously used with a PaymentIntent without Customer"
                        + " attachment. It may not be used again.|PAYMENT_METHOD",
                "400|-|The payment method you provided is attached to a customer, so for security purposes you must"
                        + " provide the customer in the request.|PAYMENT_METHOD",
                "400|currency|Invalid currency: xxy. Stripe currently supports these currencies: usd|AMOUNT",
                "400|-|The Checkout Session's total amount must convert to at least 50 cents.|AMOUNT",
                "400|amount|Refund amount ($20.00) is greater than unrefunded amount on charge ($10.00)|AMOUNT",
                "400|-|Only Checkout Sessions with a status in [\"open\"] can be expired.|STATE",
                "400|-|This invoice is already paid.|STATE",
                "400|-|Voided invoices cannot be paid.|STATE",
                "400|-|You can only pass in open invoices. This invoice isn't open.|STATE",
                "400|-|Invoices with `paid` payments cannot be voided.|STATE",
                "400|-|Invoices with `processing` payments cannot be voided.|STATE",
                "400|-|You can only cancel an active schedule; it has been released.|STATE",
                "400|-|Missing required param: amount.|OURS",
                "400|-|Received unknown parameter: foo|OURS",
                "400|-|Stripe says something that nobody has seen.|OURS"
            })
    void whatHasNoCodeIsReadFromParameterAndWords(int status, @Nullable String param, String message, String expected) {
        assertThat(told(error(status, "invalid_request_error", null, param, message)))
                .isEqualTo(expected);
    }

    /** Stripe gives it one code, with 404 where the path names it, else with 400. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment_method|No such PaymentMethod: 'pm_1'|PAYMENT_METHOD",
                "default_payment_method|No such PaymentMethod: 'pm_1'|PAYMENT_METHOD",
                "discounts[0][promotion_code]|No such promotion code: 'promo_1'|PROMOTION_CODE",
                "customer|No such customer: 'cus_1'|MISSING",
                "items[0][price]|No such price: 'price_1'|MISSING"
            })
    void whatIsMissingIsReadFromTheParameterThatNamesIt(String param, String message, String expected) {
        assertThat(told(error(404, "invalid_request_error", "resource_missing", param, message)))
                .isEqualTo(expected);
        assertThat(told(error(400, "invalid_request_error", "resource_missing", param, message)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "404, invalid_request_error, UNKNOWN",
        "401, invalid_request_error, UNAUTHORIZED",
        "403, invalid_request_error, UNAUTHORIZED",
        "400, idempotency_error, KEY_IN_USE",
        "409, invalid_request_error, THROTTLED",
        "429, invalid_request_error, THROTTLED",
        "400, api_error, UNKNOWN",
        "500, api_error, UNKNOWN",
        "402, invalid_request_error, DECLINED",
        "400, card_error, DECLINED"
    })
    void typeAndStatusDecideFirst(int status, String type, String expected) {
        assertThat(told(error(status, type, null, null, "No."))).isEqualTo(expected);
    }

    private static String told(StripeException error) {
        StripeErrors.Verdict verdict = StripeErrors.verdict(error);
        if (verdict != StripeErrors.Verdict.ANSWERED) {
            return verdict.name();
        }
        return StripeErrors.<Object>answer(error)
                .fold(ok -> "OK", no -> "DECLINED", no -> no.refusal().name());
    }

    /** As stripe-java makes it of an answer. */
    private static StripeException error(
            int status, String type, @Nullable String code, @Nullable String param, String message) {
        StripeException error =
                switch (status) {
                    case 400, 404 ->
                        type.equals("idempotency_error")
                                ? new IdempotencyException(message, "req_1", code, status)
                                : new InvalidRequestException(message, param, "req_1", code, status, null);
                    case 401 -> new AuthenticationException(message, "req_1", code, status);
                    case 402 -> new CardException(message, "req_1", code, param, null, null, status, null);
                    case 403 -> new PermissionException(message, "req_1", code, status);
                    case 429 -> new RateLimitException(message, param, "req_1", code, status, null);
                    default -> new ApiException(message, "req_1", code, status, null);
                };
        StripeError told = new StripeError();
        told.setType(type);
        told.setCode(code);
        told.setParam(param);
        told.setMessage(message);
        error.setStripeError(told, ApiMode.V1);
        return error;
    }
}
