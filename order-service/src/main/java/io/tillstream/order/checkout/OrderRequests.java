package io.tillstream.order.checkout;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.order.order.ShippingAddress;
import io.tillstream.order.payment.PaymentRequest;
import io.tillstream.order.payment.RefundRequest;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people send. None of it names a price: a field that is not here is refused. */
final class OrderRequests {

    /** A cart beyond this is a mistake, and a page with more lines cannot be read. */
    static final int MAX_LINES = 50;

    static final int MAX_QUANTITY = 99;

    private OrderRequests() {}

    @Schema(name = "OrderRequest")
    record PlaceOrder(
            @NotEmpty @Size(max = MAX_LINES) List<@NotNull @Valid Item> items,
            @Nullable @Valid ShippingAddress shippingAddress,
            @Nullable @Valid Payment payment) {}

    @Schema(name = "OrderItem")
    record Item(
            @NotBlank @Size(max = 60) @Schema(example = "tidal-maps")
            String productId,

            @NotNull @Min(1) @Max(MAX_QUANTITY) @Schema(example = "2")
            Integer quantity) {}

    /** A way to pay; which fields it takes depends on the method. */
    @Schema(name = "OrderPaymentRequest")
    record Payment(
            @NotBlank
            @Pattern(
                    regexp = "payment_element|saved_card|card|token|checkout",
                    message = "must be one of payment_element, saved_card, card, token, checkout")
            @Schema(
                    example = "card",
                    allowableValues = {"payment_element", "saved_card", "card", "token", "checkout"})
            String method,

            @Nullable @Pattern(regexp = "pm_[A-Za-z0-9_]{1,120}") @Schema(example = "pm_card_visa")
            String paymentMethodId,

            @Nullable @Pattern(regexp = "tok_[A-Za-z0-9_]{1,120}") @Schema(example = "tok_visa")
            String token,

            @Nullable Boolean save,
            @Nullable @Size(max = 2000) String successUrl,
            @Nullable @Size(max = 2000) String cancelUrl) {

        /** Every field belongs to the method, and none it needs is missing. */
        void check(AllowedUrls urls) {
            List<Problem.Field> errors = new ArrayList<>();
            boolean takesId = method.equals("saved_card") || method.equals("card");
            field(errors, "payment.paymentMethodId", paymentMethodId, takesId);
            field(errors, "payment.token", token, method.equals("token"));
            field(errors, "payment.successUrl", successUrl, method.equals("checkout"));
            field(errors, "payment.cancelUrl", cancelUrl, method.equals("checkout"));
            if (!errors.isEmpty()) {
                throw Problem.invalid(errors);
            }
            if (successUrl != null && cancelUrl != null) {
                var unused = urls.check("payment.successUrl", successUrl);
                var unusedToo = urls.check("payment.cancelUrl", cancelUrl);
            }
        }

        PaymentRequest.Payment wire() {
            return new PaymentRequest.Payment(method, paymentMethodId, token, save, successUrl, cancelUrl);
        }

        private void field(List<Problem.Field> errors, String name, @Nullable Object value, boolean taken) {
            if (taken && value == null) {
                errors.add(new Problem.Field(name, "is needed for the method " + method));
            }
            if (!taken && value != null) {
                errors.add(new Problem.Field(name, "does not go with the method " + method));
            }
        }
    }

    @Schema(name = "OrderCheckoutRequest")
    record CheckoutSession(
            @NotBlank @Pattern(regexp = "payment", message = "must be payment") @Schema(example = "payment")
            String mode,

            @NotNull UUID orderId,

            @NotBlank @Size(max = 2000) @Schema(example = "http://localhost:8080/paid?session={CHECKOUT_SESSION_ID}")
            String successUrl,

            @Nullable @Size(max = 2000) @Schema(example = "http://localhost:8080/cart")
            String cancelUrl,

            @Nullable
            @Pattern(regexp = "hosted|embedded", message = "must be hosted or embedded")
            @Schema(example = "hosted")
            String uiMode) {

        boolean isEmbedded() {
            return "embedded".equals(uiMode);
        }

        void check(AllowedUrls urls) {
            var unused = urls.check("successUrl", successUrl);
            if (cancelUrl != null) {
                var unusedToo = urls.check("cancelUrl", cancelUrl);
            } else if (!isEmbedded()) {
                throw Problem.invalid("cancelUrl", "is needed for the hosted page");
            }
        }
    }

    /** Without an amount all that is left goes back. */
    @Schema(name = "OrderRefundRequest")
    record Refund(
            @Nullable
            @Min(1)
            @Max(Currencies.MOST_OF_ALL)
            @Schema(example = "500", description = "in the smallest unit")
            Long amount,

            @Nullable
            @Pattern(regexp = "[A-Za-z0-9_-]{1,255}")
            @Schema(
                    example = "ch_3SbCdEfGhIjKlMnO",
                    description = "Which payment of the order: its id here, or Stripe's of intent or charge. Without it"
                            + " the one that paid the order; with it also a second or late payment")
            String paymentId,

            @Nullable
            @Pattern(
                    regexp = "duplicate|fraudulent|requested_by_customer",
                    message = "must be duplicate, fraudulent or requested_by_customer")
            @Schema(example = "requested_by_customer")
            String reason,

            @Nullable @Size(max = 500) @Schema(example = "Arrived damaged")
            String note) {

        RefundRequest wire() {
            return new RefundRequest(amount, paymentId, reason, note);
        }
    }
}
