package io.tillstream.payment.paymentmethod;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.CardState;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of saved cards. */
final class PaymentMethodJson {

    private PaymentMethodJson() {}

    @Schema(name = "CardToSave", description = "Either `paymentMethodId` or `token`, as Stripe.js gave it.")
    record ToSave(
            @Schema(example = "pm_card_visa") @Nullable @Pattern(regexp = "pm_\\w{1,200}")
            String paymentMethodId,

            @Schema(example = "tok_visa") @Nullable @Pattern(regexp = "tok_\\w{1,200}")
            String token,

            @JsonProperty("setAsDefault") @Schema(example = "true") @Nullable
            Boolean makeDefault) {

        PaymentMethodFlow.AddCommand wish(UUID request) {
            if ((paymentMethodId == null) == (token == null)) {
                throw Problem.invalid("paymentMethodId", "either this or token is needed, not both");
            }
            return new PaymentMethodFlow.AddCommand(request, paymentMethodId, token, Boolean.TRUE.equals(makeDefault));
        }
    }

    @Schema(name = "CardUpdateRequest", description = "What is left out stays as it is.")
    record Change(
            @JsonProperty("setAsDefault")
            @Schema(example = "true", description = "Only true: to undo it, make another card the default")
            @Nullable
            Boolean makeDefault,

            @Schema(
                    example = "true",
                    description = "Only true: it becomes the default and pays all your subscriptions from now on")
            @Nullable
            Boolean forSubscriptions,

            @Schema(example = "12") @Nullable @Min(1) @Max(12)
            Integer expMonth,

            @Schema(example = "2031") @Nullable @Min(2000) @Max(2100)
            Integer expYear,

            @Valid @Nullable BillingDetails billingDetails) {

        boolean makesDefault() {
            return Boolean.TRUE.equals(makeDefault) || paysSubscriptions();
        }

        boolean paysSubscriptions() {
            return Boolean.TRUE.equals(forSubscriptions);
        }

        /** Checked as far as it can be without the card. */
        CardUpdateRequest change(YearMonth now) {
            List<Problem.Field> wrong = new ArrayList<>();
            if (Boolean.FALSE.equals(makeDefault)) {
                wrong.add(new Problem.Field("setAsDefault", "can only be true: make another card the default"));
            }
            if (Boolean.FALSE.equals(forSubscriptions)) {
                wrong.add(new Problem.Field("forSubscriptions", "can only be true"));
            }
            if ((expMonth == null) != (expYear == null)) {
                wrong.add(new Problem.Field(expMonth == null ? "expMonth" : "expYear", "belongs to the other half"));
            } else if (expMonth != null
                    && expYear != null
                    && YearMonth.of(expYear, expMonth).isBefore(now)) {
                wrong.add(new Problem.Field("expYear", "is over"));
            }
            CardUpdateRequest change =
                    new CardUpdateRequest(expMonth, expYear, billingDetails == null ? null : billingDetails.billing());
            if (wrong.isEmpty() && change.isEmpty() && !makesDefault()) {
                wrong.add(new Problem.Field("request", "names nothing to change"));
            }
            if (!wrong.isEmpty()) {
                throw Problem.invalid(wrong);
            }
            return change;
        }
    }

    @Schema(name = "BillingDetails", description = "Goes to Stripe only; not kept here and not shown.")
    record BillingDetails(
            @Schema(example = "Alice Liddell") @Nullable @Size(min = 1, max = 256)
            String name,

            @Schema(example = "alice@example.com") @Nullable @Email @Size(min = 3, max = 512)
            String email,

            @Schema(example = "+442071838750") @Nullable @Pattern(regexp = "\\+?[0-9 ()-]{5,20}")
            String phone,

            @Valid @Nullable BillingAddress address) {

        CardUpdateRequest.Billing billing() {
            return new CardUpdateRequest.Billing(name, email, phone, address == null ? null : address.place());
        }

        @Override
        public String toString() {
            return "BillingDetails[...]";
        }
    }

    @Schema(name = "BillingAddress")
    record BillingAddress(
            @Nullable @Size(max = 200) String line1,
            @Nullable @Size(max = 200) String line2,
            @Nullable @Size(max = 100) String city,

            @Schema(example = "Oxfordshire") @Nullable @Size(max = 100)
            String state,

            @Schema(example = "OX1 1AA") @Nullable @Size(max = 20)
            String postalCode,

            @Schema(example = "GB") @Nullable @Pattern(regexp = "[A-Z]{2}")
            String country) {

        CardUpdateRequest.Place place() {
            return new CardUpdateRequest.Place(line1, line2, city, state, postalCode, country);
        }

        @Override
        public String toString() {
            return "BillingAddress[...]";
        }
    }

    @Schema(name = "PaymentMethod")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            @Schema(example = "pm_1SbCdEfGhIjKlMnO") String id,
            @Schema(example = "visa") String brand,
            @Schema(example = "4242") String lastFour,
            @Schema(example = "12") int expMonth,
            @Schema(example = "2031") int expYear,

            @Schema(description = "credit, debit, prepaid or unknown", example = "credit") @Nullable
            String funding,

            @Schema(description = "Where the bank is", example = "US") @Nullable
            String country,

            @Schema(description = "Pays what names no card") boolean isDefault,

            @Schema(example = "Visa •••• 4242") String displayName,

            @Schema(example = "active", description = "active, inactive or pending, where the card has a mandate")
            @Nullable
            String mandate,

            Instant createdAt) {

        static View of(Card card, boolean isDefault) {
            CardState.Face face = card.face();
            return new View(
                    card.id(),
                    face.brand(),
                    face.lastFour(),
                    face.expMonth(),
                    face.expYear(),
                    face.funding(),
                    face.country(),
                    isDefault,
                    card.displayName(),
                    card.mandate(),
                    card.createdAt());
        }
    }
}
