package io.tillstream.payment.payable;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe is asked for besides amount and card. Kept with the payment, as asking again with the same key needs the
 * same words.
 *
 * @param save keep the card for later
 * @param offSession the buyer is not there: a bank that wants to see them says no
 * @param customerAnew the customer in place of the one that was gone at Stripe, which makes it another request with
 *     another key; null as long as it is the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PaymentOptions(
        String description,
        List<Line> lines,
        @Nullable Shipping shipping,
        @Nullable String successUrl,
        @Nullable String cancelUrl,
        boolean embedded,
        boolean save,
        boolean offSession,
        @Nullable String customerAnew) {

    PaymentOptions with(String customer) {
        return new PaymentOptions(
                description, lines, shipping, successUrl, cancelUrl, embedded, save, offSession, customer);
    }

    /** One line of the page on which the buyer pays; {@code unitAmount} in the currency's smallest unit. */
    public record Line(String name, int quantity, long unitAmount) {}

    /** {@code country} is an ISO 3166-1 alpha-2 code. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Shipping(
            String name,
            String line1,
            @Nullable String line2,
            String city,
            @Nullable String state,
            @Nullable String postalCode,
            String country) {}
}
