package io.tillstream.payment.paymentmethod;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.payment.paymentmethod.StripeSetups.Pages;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Problem;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON of cards that are added on a page. */
final class SetupJson {

    private SetupJson() {}

    @Schema(name = "SetupIntent")
    record Intent(
            @Schema(example = "seti_1SbCdEfGhIjKlMnO") String id,

            @Schema(description = "For Stripe.js; show it to nobody else", example = "seti_1SbC_secret_Tn4f")
            String clientSecret) {
        @Override
        public String toString() {
            return "Intent[" + id + "]";
        }
    }

    @Schema(name = "SetupSessionRequest", description = "A page on which you add a card without paying.")
    record ToOpen(
            @Schema(example = "setup", allowableValues = "setup") @NotNull
            String mode,

            @Schema(
                    description = "Where to go on; `session_id={CHECKOUT_SESSION_ID}` is added if it is not there",
                    example = "http://localhost:8080/cards?session_id={CHECKOUT_SESSION_ID}")
            @NotBlank
            String successUrl,

            @Schema(description = "The way back from the hosted page", example = "http://localhost:8080/cards")
            @Nullable
            String cancelUrl,

            @Schema(example = "hosted", defaultValue = "hosted") @Nullable @Pattern(regexp = "hosted|embedded")
            String uiMode) {

        Pages pages(AllowedUrls urls) {
            if (!mode.equals("setup")) {
                throw Problem.invalid("mode", "must be setup here");
            }
            return new Pages(
                    "embedded".equals(uiMode),
                    urls.check("successUrl", successUrl),
                    cancelUrl == null ? null : urls.check("cancelUrl", cancelUrl));
        }
    }

    @Schema(name = "SetupCheckoutSession")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Session(
            @Schema(example = "cs_test_a1SbCdEfGhIjKlMnO") String id,

            @Schema(
                    description = "Stripe's page; none if embedded",
                    example = "https://checkout.stripe.com/c/pay/cs_test_a1")
            @Nullable
            String url,

            @Schema(description = "For Stripe.js, if embedded", example = "cs_test_a1_secret_x") @Nullable
            String clientSecret) {
        @Override
        public String toString() {
            return "Session[" + id + "]";
        }
    }
}
