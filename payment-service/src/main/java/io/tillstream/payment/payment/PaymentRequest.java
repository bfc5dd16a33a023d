package io.tillstream.payment.payment;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What another service wants paid. Without {@code payment} it is a Checkout Session with the URLs beside it. */
record PaymentRequest(
        @NotBlank @Size(max = 100) String reference,
        @NotBlank @Size(max = 255) String userId,
        @Nullable @Size(max = 512) String email,
        @Min(1) @Max(Currencies.MOST_OF_ALL) long amount,
        @NotNull @Pattern(regexp = "[a-z]{3}") String currency,
        @NotBlank @Size(max = 1000) String description,
        @Nullable @Size(max = 100) List<@Valid Line> lines,
        @Nullable @Valid Shipping shippingAddress,
        @Nullable @Valid Way payment,
        @Nullable @Size(max = 2000) String successUrl,
        @Nullable @Size(max = 2000) String cancelUrl,
        @Nullable @Pattern(regexp = "hosted|embedded") String uiMode) {

    record Line(
            @NotBlank @Size(max = 250) String name,
            @Min(1) int quantity,
            @Min(0) long unitAmount) {}

    record Shipping(
            @NotBlank String name,
            @NotBlank String line1,
            @Nullable String line2,
            @NotBlank String city,
            @Nullable String state,
            @Nullable String postalCode,
            @NotBlank String country) {}

    /** The way to pay, as in the public API; {@code offSession} says that the buyer is not there. */
    record Way(
            @NotNull @Pattern(regexp = "payment_element|saved_card|card|token|checkout")
            String method,

            @Nullable @Pattern(regexp = "pm_\\w{1,250}") String paymentMethodId,
            @Nullable @Pattern(regexp = "tok_\\w{1,250}") String token,
            @Nullable Boolean save,
            @Nullable String successUrl,
            @Nullable String cancelUrl,
            @Nullable @Pattern(regexp = "hosted|embedded") String uiMode,
            @Nullable Boolean offSession) {

        @Override
        public String toString() {
            return "Way[" + method + "]";
        }
    }

    PaymentCommand order(UUID id, @Nullable Instant orderedAt) {
        Way way =
                payment == null ? new Way("checkout", null, null, null, successUrl, cancelUrl, uiMode, null) : payment;
        Method method = Method.of(way.method());
        require("payment.paymentMethodId", way.paymentMethodId(), method == Method.SAVED_CARD || method == Method.CARD);
        require("payment.token", way.token(), method == Method.TOKEN);
        require("successUrl", way.successUrl(), method == Method.CHECKOUT);
        Currencies.fault(amount, currency).ifPresent(why -> {
            throw Problem.of(422, "amount-not-payable", "The amount " + why + ".");
        });
        return new PaymentCommand(
                id,
                reference,
                userId,
                new Money(amount, currency),
                method,
                method == Method.SAVED_CARD || method == Method.CARD ? way.paymentMethodId() : null,
                method == Method.TOKEN ? way.token() : null,
                terms(way),
                email,
                orderedAt);
    }

    private PaymentOptions terms(Way way) {
        return new PaymentOptions(
                description,
                lines == null
                        ? List.of()
                        : lines.stream()
                                .map(line -> new PaymentOptions.Line(line.name(), line.quantity(), line.unitAmount()))
                                .toList(),
                shippingAddress == null
                        ? null
                        : new PaymentOptions.Shipping(
                                shippingAddress.name(),
                                shippingAddress.line1(),
                                shippingAddress.line2(),
                                shippingAddress.city(),
                                shippingAddress.state(),
                                shippingAddress.postalCode(),
                                shippingAddress.country()),
                way.successUrl(),
                way.cancelUrl(),
                "embedded".equals(way.uiMode()),
                Boolean.TRUE.equals(way.save()),
                Boolean.TRUE.equals(way.offSession()),
                null);
    }

    private static void require(String field, @Nullable String value, boolean needed) {
        if (needed && value == null) {
            throw Problem.invalid(field, "is needed for this method");
        }
    }
}
