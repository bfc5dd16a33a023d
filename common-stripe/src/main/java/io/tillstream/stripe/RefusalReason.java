package io.tillstream.stripe;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose fault a refusal is. Read from Stripe's code, where it gives one, else from the parameter and the words: many
 * refusals have neither code nor parameter. What is not known is our own fault until somebody has looked at it.
 *
 * <p>Codes: docs.stripe.com/error-codes, and the list in stripe-java's {@code StripeError}.
 */
public enum RefusalReason {
    /** A token can be used once. */
    TOKEN_USED,
    /** The way to pay that was named cannot be used: not there, another customer's, used up, of the wrong kind. */
    PAYMENT_METHOD,
    /** The promotion code or coupon is unknown, over, or not for this. */
    PROMOTION_CODE,
    /** A customer is billed in one currency at a time. */
    SECOND_CURRENCY,
    /** Too little, too much, or in a currency that the account does not take. */
    AMOUNT,
    /** A word that the caller gave is none that Stripe takes: an address, an e-mail address, a tax number. */
    INPUT,
    /** What was named is not there. */
    MISSING,
    /** The object is no longer, or not yet, in the state that this needs. */
    STATE,
    /** Our request is wrong: nothing that a buyer can do mends it. */
    OURS;

    /** Of refunds, those that end by themselves: our balance fills again, a dispute closes, another request lets the object go. */
    private static final Set<String> PASSING = Set.of(
            "balance_insufficient", "insufficient_funds", "charge_disputed", "refund_disputed_payment", "lock_timeout");

    private static final Set<String> TOKEN_CODES = Set.of("token_already_used", "token_in_use");

    private static final List<String> PAYMENT_METHOD_CODES = List.of(
            "payment_method_",
            "bank_account_",
            "account_number_invalid",
            "account_closed",
            "no_account",
            "routing_number_invalid",
            "invalid_card_type",
            "invalid_source_usage",
            "customer_max_payment_methods",
            "sepa_unsupported_account",
            "source_",
            "debit_not_authorized",
            "india_recurring_payment_mandate_canceled",
            "payment_intent_incompatible_payment_method",
            "payment_intent_mandate_invalid",
            "setup_intent_mandate_invalid",
            "setup_intent_mobile_wallet_unsupported",
            "billing_invalid_mandate",
            "invalid_mandate_reference_prefix_format",
            "intent_verification_method_missing",
            "acss_debit_session_incomplete",
            "token_card_network_invalid",
            "clearing_code_unsupported");

    private static final Set<String> INPUT_CODES = Set.of(
            "country_code_invalid",
            "customer_tax_location_invalid",
            "email_invalid",
            "invalid_characters",
            "invalid_tax_location",
            "postal_code_invalid",
            "shipping_address_invalid",
            "siret_invalid",
            "tax_id_invalid",
            "tax_id_prohibited");

    private static final List<String> AMOUNT_CODES =
            List.of("amount_too_", "invalid_charge_amount", "charge_exceeds_", "balance_insufficient");

    private static final List<String> STATE_CODES = List.of(
            "charge_already_",
            "charge_disputed",
            "charge_expired_for_capture",
            "charge_not_refundable",
            "capture_charge_authorization_expired",
            "capture_unauthorized_payment",
            "refund_disputed_payment",
            "invoice_not_editable",
            "invoice_no_",
            "invoice_upcoming_none",
            "customer_max_subscriptions",
            "resource_already_exists",
            "out_of_inventory",
            "product_inactive",
            "sku_inactive",
            "status_transition_invalid",
            "return_intent_already_processed",
            "customer_session_expired",
            "payment_intent_action_required",
            "subscription_payment_intent_requires_action",
            "invoice_payment_intent_requires_action",
            "lock_timeout");

    /** Said of a subscription, and by Checkout; there is no code and no parameter. */
    private static final Pattern CURRENCIES_DIFFER =
            Pattern.compile("combine currencies on a single customer|does not match the customer'?s? currency");

    private static final Pattern WORDS_OF_STATE = Pattern.compile(
            "\\balready\\b|\\bno longer\\b|\\bstatus\\b|\\bcan only be\\b|\\bhas been\\b|\\bwas canceled\\b|\\bcanceled subscription\\b"
                    + "|^voided invoices cannot be paid|\\binvoices? .{0,40}cannot be voided\\b|\\binvoice isn't open\\b");

    private static final Pattern WORDS_OF_AMOUNT =
            Pattern.compile("^invalid currency\\b|currency .{1,40}not supported|greater than (the )?unrefunded"
                    + " amount|\\bdecimal\\b|total amount .{0,60}(at least|convert)");

    /** Whether a refund that was refused with this code may be made by another try. */
    public static boolean passes(String code) {
        return PASSING.contains(code);
    }

    /** Of an error that is no decline; an answer to a call, or what Stripe keeps on an intent. */
    public static RefusalReason of(String code, @Nullable String param, String message) {
        String on = param == null ? "" : param;
        String words = message.toLowerCase(Locale.ROOT);
        boolean missing = code.equals(StripeResult.Refused.MISSING);
        if (TOKEN_CODES.contains(code) || words.contains("token more than once")) {
            return TOKEN_USED;
        }
        if (CURRENCIES_DIFFER.matcher(words).find()) {
            return SECOND_CURRENCY;
        }
        if (isPromotion(on) || isPromotion(code)) {
            return PROMOTION_CODE;
        }
        if (starts(code, AMOUNT_CODES)
                || (noCode(code) && WORDS_OF_AMOUNT.matcher(words).find())) {
            return AMOUNT;
        }
        if (starts(code, PAYMENT_METHOD_CODES)
                || (missing && isWayToPay(on))
                || (noCode(code) && tellsOfWayToPay(words))) {
            return PAYMENT_METHOD;
        }
        if (INPUT_CODES.contains(code)) {
            return INPUT;
        }
        if (missing) {
            return MISSING;
        }
        boolean state =
                code.contains("unexpected_state") || code.contains("invalid_state") || starts(code, STATE_CODES);
        return state || (noCode(code) && WORDS_OF_STATE.matcher(words).find()) ? STATE : OURS;
    }

    private static boolean noCode(String code) {
        return code.equals("invalid_request_error"); // the type stands in for a code that is not there
    }

    private static boolean starts(String code, List<String> beginnings) {
        return beginnings.stream().anyMatch(code::startsWith);
    }

    private static boolean isPromotion(String text) {
        return text.contains("promotion_code") || text.contains("coupon") || text.contains("discount");
    }

    private static boolean isWayToPay(String param) {
        return param.contains("payment_method") || param.contains("source") || param.contains("token");
    }

    private static boolean tellsOfWayToPay(String words) {
        return words.contains("paymentmethod") || words.contains("payment method");
    }
}
