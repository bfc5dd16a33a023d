package io.tillstream.subscription.start;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Problem;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What people send to begin a subscription, and how a page of Stripe's for it is shown. */
final class StartJson {

    /** Far above any team; a plan says its own limit. */
    private static final int MAX_QUANTITY = 1_000_000;

    private static final String EXPECTED_AMOUNT =
            "What you show that one unit costs for one interval, in the currency's"
                    + " smallest unit: if the plan costs something else by now, the answer is 409 `price-changed`";

    private StartJson() {}

    @Schema(name = "StartRequest")
    record Start(
            @NotBlank @Size(max = 100) @Schema(example = "pro-monthly")
            String planId,

            @Nullable @Min(1) @Max(MAX_QUANTITY) @Schema(example = "1")
            Integer quantity,

            @Nullable
            @Pattern(regexp = "[A-Za-z]{3}")
            @Schema(example = "usd", description = "One the plan has a price in")
            String currency,

            @Nullable
            @Pattern(regexp = "pm_[A-Za-z0-9_]{1,120}")
            @Schema(
                    example = "pm_1SbCdEfGhIjKlMnO",
                    description = "One of your saved cards, or a new one, which is saved first: the first payment is"
                            + " made with it at once")
            String paymentMethodId,

            @Nullable @Size(min = 1, max = 100) @Schema(example = "WELCOME20")
            String promotionCode,

            @Nullable @Schema(description = "Left out: the plan's trial if it is your first; false: none")
            Boolean trial,

            @Nullable @Min(0) @Schema(example = "2900", description = EXPECTED_AMOUNT)
            Long expectedAmount) {

        StartCommand wish(UUID request, @Nullable String email) {
            return new StartCommand(
                    request,
                    planId,
                    quantity,
                    lower(currency),
                    paymentMethodId,
                    trimmed(promotionCode),
                    trial,
                    expectedAmount,
                    null,
                    email);
        }
    }

    @Schema(name = "SubscriptionCheckoutRequest")
    record Checkout(
            @NotBlank
            @Pattern(regexp = "subscription", message = "must be subscription")
            @Schema(example = "subscription")
            String mode,

            @NotBlank @Size(max = 100) @Schema(example = "pro-monthly")
            String planId,

            @Nullable @Min(1) @Max(MAX_QUANTITY) Integer quantity,
            @Nullable @Pattern(regexp = "[A-Za-z]{3}") String currency,

            @NotBlank @Size(max = 2000) @Schema(example = "http://localhost:8080/welcome?session={CHECKOUT_SESSION_ID}")
            String successUrl,

            @Nullable @Size(max = 2000) @Schema(example = "http://localhost:8080/plans")
            String cancelUrl,

            @Nullable
            @Pattern(regexp = "hosted|embedded", message = "must be hosted or embedded")
            @Schema(example = "hosted")
            String uiMode,

            @Nullable @Size(min = 1, max = 100) String promotionCode,

            @Nullable @Schema(description = "Whether a code can be typed on the page; not together with promotionCode")
            Boolean allowPromotionCodes,

            @Nullable Boolean trial,

            @Nullable @Min(0) @Schema(example = "2900", description = EXPECTED_AMOUNT)
            Long expectedAmount) {

        private boolean isEmbedded() {
            return "embedded".equals(uiMode);
        }

        StartCommand wish(AllowedUrls urls, UUID request, @Nullable String email) {
            String back = urls.check("successUrl", successUrl);
            String away = cancelUrl == null ? null : urls.check("cancelUrl", cancelUrl);
            if (away == null && !isEmbedded()) {
                throw Problem.invalid("cancelUrl", "is needed for the hosted page");
            }
            boolean codes = Boolean.TRUE.equals(allowPromotionCodes);
            if (codes && promotionCode != null) {
                throw Problem.invalid("allowPromotionCodes", "does not go with promotionCode");
            }
            var page = new StartParameters.StripePage(back, away, isEmbedded(), codes);
            return new StartCommand(
                    request,
                    planId,
                    quantity,
                    lower(currency),
                    null,
                    trimmed(promotionCode),
                    trial,
                    expectedAmount,
                    page,
                    email);
        }
    }

    /**
     * What is wished for, before anything is known of it.
     *
     * @param paymentMethodId of a card that is saved, or that is to be
     * @param expectedAmount what its user was shown that one unit costs for one interval, in the currency's smallest unit
     * @param page the page of Stripe's it is to be paid on; null: none
     * @param email as the user's token names it, for a customer that has to be made first
     */
    record StartCommand(
            UUID request,
            String planId,
            @Nullable Integer quantity,
            @Nullable String currency,
            @Nullable String paymentMethodId,
            @Nullable String promotionCode,
            @Nullable Boolean trial,
            @Nullable Long expectedAmount,
            StartParameters.@Nullable StripePage page,
            @Nullable String email) {

        int units() {
            return quantity == null ? 1 : quantity;
        }
    }

    /** A page of Stripe's on which the subscription can be paid for. */
    @Schema(name = "SubscriptionCheckoutSession")
    record Session(
            @Schema(example = "cs_test_a1B2c3") String id,
            @Nullable String url,
            @Nullable String clientSecret,
            UUID subscriptionId) {

        static Session of(Subscription row, JsonNode session) {
            return new Session(
                    String.valueOf(StripeJson.text(session, "id")),
                    StripeJson.text(session, "url"),
                    StripeJson.text(session, "client_secret"),
                    row.id());
        }

        @Override
        public String toString() {
            return "Session[" + id + "]"; // never the secret
        }
    }

    /** Codes are copied from mails, with whatever stands around them. */
    private static @Nullable String trimmed(@Nullable String code) {
        if (code != null && code.isBlank()) {
            throw Problem.invalid("promotionCode", "must not be blank");
        }
        return code == null ? null : code.strip();
    }

    private static @Nullable String lower(@Nullable String currency) {
        return currency == null ? null : currency.toLowerCase(Locale.ROOT);
    }
}
