package io.tillstream.order.payment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What payment-service is asked to take. {@code payment} is null for a Checkout Session, which has the URLs instead.
 *
 * @param orderedAt goes beside the body, as a release of payment-service that does not know it takes no other field
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PaymentRequest(
        String reference,
        String userId,
        @Nullable String email,
        long amount,
        String currency,
        String description,
        List<Line> lines,
        @Nullable Object shippingAddress,
        @Nullable Payment payment,
        @Nullable String successUrl,
        @Nullable String cancelUrl,
        @Nullable String uiMode,
        @JsonIgnore Instant orderedAt) {

    /** One line of the page on which the buyer pays. */
    public record Line(String name, int quantity, long unitAmount) {}

    /** The way to pay, as in the public API. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Payment(
            String method,
            @Nullable String paymentMethodId,
            @Nullable String token,
            @Nullable Boolean save,
            @Nullable String successUrl,
            @Nullable String cancelUrl) {}

    @Override
    public String toString() {
        return "PayRequest[" + reference + "]"; // never the e-mail
    }
}
