package io.tillstream.simulator.creditnote;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * By which ways a credit note's total reaches the customer: less to pay of an open invoice, or of what was paid a refund
 * made now, refunds made before, credit for later invoices, money outside of Stripe.
 */
record Ways(long before, long refund, long refunded, long credit, long outside) {

    long after() {
        return refund + refunded + credit + outside;
    }

    static Ways read(Params params, ObjectNode invoice, long total, boolean refundable) {
        String currency = Json.textOf(invoice, "currency");
        if (!Json.is(invoice, "status", "paid")) {
            long left = Json.number(invoice, "amount_remaining");
            if (total > left) {
                throw StripeError.invalid(
                        null,
                        "The credit note total (" + Currencies.spoken(total, currency)
                                + ") is greater than the amount remaining on the invoice ("
                                + Currencies.spoken(left, currency) + ").",
                        "amount");
            }
            return new Ways(total, 0, 0, 0, 0);
        }
        long refunded = params.children("refunds").stream()
                .mapToLong(refund -> refund.requiredInteger("amount_refunded"))
                .sum();
        Ways ways = new Ways(
                0,
                amount(params, "refund_amount"),
                refunded,
                amount(params, "credit_amount"),
                amount(params, "out_of_band_amount"));
        if (ways.refund() > 0 && !refundable) {
            throw StripeError.invalid(
                    null,
                    "This invoice was paid out of band, so nothing can be refunded. Use `credit_amount` or"
                            + " `out_of_band_amount` instead of `refund_amount`.",
                    "refund_amount");
        }
        if (ways.after() != total) {
            throw StripeError.invalid(
                    null,
                    "The sum of credit amount, refund amount and out of band amount (" + ways.after()
                            + ") must equal the credit note amount (" + total + ").",
                    null);
        }
        long most = Json.number(invoice, "amount_paid") - Json.number(invoice, "post_payment_credit_notes_amount");
        if (total > most) {
            throw StripeError.invalid(
                    null,
                    "The credit note total (" + Currencies.spoken(total, currency)
                            + ") is greater than what is left of the payment ("
                            + Currencies.spoken(most, currency) + ").",
                    "amount");
        }
        return ways;
    }

    private static long amount(Params params, String name) {
        Long amount = params.integer(name);
        if (amount != null && amount < 0) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid non-negative integer", name);
        }
        return amount == null ? 0 : amount;
    }
}
