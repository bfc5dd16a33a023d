package io.tillstream.subscription.catalog;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The plans' JSON. */
final class PlanJson {

    private PlanJson() {}

    /**
     * @param prices of one unit for one interval; the first is in the currency of Stripe's Price
     * @param stripePriceId null until Stripe has answered
     */
    @Schema(name = "Plan")
    record Output(
            @Schema(example = "pro-monthly") String id,
            @Schema(example = "pro") String product,
            @Schema(example = "Pro") String name,
            String description,
            List<Money> prices,

            @Schema(allowableValues = {"day", "week", "month", "year"})
            String interval,

            int intervalCount,
            int trialDays,
            List<String> features,
            boolean perSeat,
            int maxQuantity,
            boolean active,
            @Nullable String stripeProductId,
            @Nullable String stripePriceId) {

        static Output of(Plan plan) {
            return new Output(
                    plan.id(),
                    plan.product(),
                    plan.name(),
                    plan.description(),
                    prices(plan),
                    plan.interval().text(),
                    plan.intervalCount(),
                    plan.trialDays(),
                    plan.features(),
                    plan.perSeat(),
                    plan.maxQuantity(),
                    plan.active(),
                    plan.stripeProductId(),
                    plan.stripePriceId());
        }

        private static List<Money> prices(Plan plan) {
            Stream<Money> others = plan.amounts().entrySet().stream()
                    .filter(one -> !one.getKey().equals(plan.currency()))
                    .map(one -> new Money(one.getValue(), one.getKey()))
                    .sorted(Comparator.comparing(Money::currency));
            return Stream.concat(plan.price(plan.currency()).stream(), others).toList();
        }
    }

    @Schema(name = "PlanPrice")
    record Price(
            @NotNull @Min(0) @Schema(example = "2900") Long amount,

            @NotBlank @Pattern(regexp = "[a-z]{3}") @Schema(example = "usd")
            String currency) {}
}
