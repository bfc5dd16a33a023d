package io.tillstream.subscription.catalog;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.subscription.catalog.PlanJson.Price;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan to be made or replaced. {@code id} and {@code product} are made from name and interval where they are not
 * given. With {@code stripePriceId} a price that is at Stripe already is taken over, and what Stripe says of it is
 * not given.
 */
@Schema(name = "PlanRequest")
record PlanInput(
        @Nullable @Size(max = 60) @Pattern(regexp = SLUG) @Schema(example = "pro-monthly")
        String id,

        @Nullable @Size(max = 60) @Pattern(regexp = SLUG) @Schema(example = "pro")
        String product,

        @Nullable @Size(min = 1, max = 200) @Pattern(regexp = "[\\s\\S]*\\S[\\s\\S]*") @Schema(example = "Pro")
        String name,

        @Nullable @Size(max = 2000) String description,

        @Nullable @Size(min = 1, max = 20) List<@NotNull @Valid Price> prices,

        @Nullable @Pattern(regexp = "day|week|month|year") @Schema(example = "month")
        String interval,

        @Nullable @Min(1) Integer intervalCount,
        @Nullable @Min(0) @Max(MOST_TRIAL_DAYS) Integer trialDays,

        @Nullable @Size(max = 15) List<@NotNull @Size(max = 80) @Pattern(regexp = FEATURE) String> features,

        @Nullable Boolean perSeat,
        @Nullable @Min(1) @Max(MOST_SEATS) Integer maxQuantity,
        @Nullable Boolean active,

        @Nullable @Size(max = 255) @Pattern(regexp = "\\S+") @Schema(example = "price_…")
        String stripePriceId) {

    private static final String FEATURE = "(?!.*[-_.:][-_.:])[a-z0-9][-a-z0-9_.:]*(?<![-_.:])";
    private static final String SLUG = "(?!.*--)[a-z0-9][a-z0-9-]*(?<!-)"; // one pass
    private static final int MOST_TRIAL_DAYS = 730; // Stripe's longest trial
    private static final int MOST_SEATS = 10_000; // times the highest price stays within Stripe's largest invoice line
    private static final int USUAL_SEATS = 100;

    /** All of a plan of our own. */
    PlanDefinition terms() {
        List<Problem.Field> wrong = new ArrayList<>();
        if (name == null) {
            wrong.add(new Problem.Field("name", "is missing"));
        }
        if (prices == null) {
            wrong.add(new Problem.Field("prices", "is missing"));
        }
        if (interval == null) {
            wrong.add(new Problem.Field("interval", "is missing"));
        }
        Map<String, Long> amounts = amounts(wrong);
        Interval every = Interval.of(interval == null ? "month" : interval);
        int count = intervalCount == null ? 1 : intervalCount;
        if (count > every.most) {
            wrong.add(new Problem.Field("intervalCount", "must be at most " + every.most));
        }
        checkOurs(wrong);
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return new PlanDefinition(
                name == null ? "" : name.strip(),
                description == null ? "" : description.strip(),
                amounts.keySet().iterator().next(),
                amounts,
                every,
                count,
                trialDays == null ? 0 : trialDays,
                isPerSeat(),
                seats(),
                features == null ? List.of() : features,
                active == null || active);
    }

    /** What is ours to say of a price that was taken over; the rest Stripe says, and no one else may. */
    PlanDefinition over(PlanDefinition stripes) {
        List<Problem.Field> wrong = new ArrayList<>();
        refuse(wrong, "name", name != null && !name.strip().equals(stripes.name()));
        refuse(wrong, "description", description != null && !description.strip().equals(stripes.description()));
        refuse(wrong, "prices", prices != null && !amounts(wrong).equals(stripes.amounts()));
        refuse(wrong, "interval", interval != null && Interval.of(interval) != stripes.interval());
        refuse(wrong, "intervalCount", intervalCount != null && intervalCount != stripes.intervalCount());
        refuse(wrong, "active", active != null && active != stripes.active());
        checkOurs(wrong);
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return new PlanDefinition(
                stripes.name(),
                stripes.description(),
                stripes.currency(),
                stripes.amounts(),
                stripes.interval(),
                stripes.intervalCount(),
                trialDays == null ? stripes.trialDays() : trialDays,
                isPerSeat(),
                seats(),
                features == null ? List.of() : features,
                stripes.active());
    }

    private static void refuse(List<Problem.Field> wrong, String field, boolean differs) {
        if (differs) {
            wrong.add(new Problem.Field(field, "is not what Stripe says; change it there"));
        }
    }

    private void checkOurs(List<Problem.Field> wrong) {
        if (!isPerSeat() && maxQuantity != null && maxQuantity > 1) {
            wrong.add(new Problem.Field("maxQuantity", "needs perSeat"));
        }
        if (features != null && new HashSet<>(features).size() < features.size()) {
            wrong.add(new Problem.Field("features", "names one twice"));
        }
    }

    private Map<String, Long> amounts(List<Problem.Field> wrong) {
        Map<String, Long> amounts = new LinkedHashMap<>();
        for (Price price : prices == null ? List.<Price>of() : prices) {
            if (!Currencies.isSupported(price.currency())) {
                wrong.add(new Problem.Field("prices", price.currency() + " is not a currency that can be paid in"));
            } else if (price.amount() > 0) { // what is free is never charged
                Currencies.fault(price.amount(), price.currency())
                        .ifPresent(why -> wrong.add(new Problem.Field("prices", why)));
            }
            if (amounts.put(price.currency(), price.amount()) != null) {
                wrong.add(new Problem.Field("prices", "has " + price.currency() + " twice"));
            }
        }
        return amounts;
    }

    private boolean isPerSeat() {
        return perSeat != null && perSeat;
    }

    private int seats() {
        if (!isPerSeat()) {
            return 1;
        }
        return maxQuantity == null ? USUAL_SEATS : maxQuantity;
    }

    String idOr(String productSlug, PlanDefinition terms) {
        return id != null ? id : cut(productSlug + "-" + every(terms));
    }

    String productOr(PlanDefinition terms) {
        return product != null ? product : cut(slug(terms.name()));
    }

    static String cut(String slug) {
        return slug.length() > 60 ? slug.substring(0, 60).replaceAll("-$", "") : slug;
    }

    private static String slug(String name) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        if (slug.isEmpty()) {
            throw Problem.invalid("product", "is needed, as none can be made from the name");
        }
        return slug;
    }

    private static String every(PlanDefinition terms) {
        if (terms.intervalCount() > 1) {
            return terms.intervalCount() + "-" + terms.interval().text() + "s";
        }
        return terms.interval() == Interval.DAY ? "daily" : terms.interval().text() + "ly";
    }
}
