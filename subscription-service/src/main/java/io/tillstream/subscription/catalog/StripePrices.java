package io.tillstream.subscription.catalog;

import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.PriceRetrieveParams;
import com.stripe.param.PriceUpdateParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Prices at Stripe, and by what ours are found there. */
@Component
class StripePrices {

    static final String ENVIRONMENT = "env";
    static final String PLAN = "plan_id";

    private static final long PAGE = 100; // Stripe's most; a product has a handful of active prices

    private final StripeCalls calls;
    private final String environment;

    StripePrices(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** The key by which the plan's present Price is found; Stripe keeps it on one Price at a time. */
    String lookupKey(String planId) {
        return "tillstream_" + environment + "_" + planId;
    }

    /** The Price with its Product and all currencies; where there is none, as if Stripe told that it was deleted. */
    Mono<JsonNode> ask(String id) {
        var params = PriceRetrieveParams.builder()
                .addExpand("currency_options")
                .addExpand("product")
                .build();
        return calls.read(
                        "price.read",
                        (stripe, options) -> StripeResultExtractor.json(stripe.v1()
                                .prices()
                                .retrieve(id, params, options)
                                .getLastResponse()
                                .body()))
                .map(answer -> StripeResultExtractor.orDeleted(answer, id));
    }

    PriceState read(JsonNode price) {
        return PriceState.read(price, environment);
    }

    Mono<Optional<PriceState>> byKey(String lookupKey) {
        var params = PriceListParams.builder()
                .addLookupKey(lookupKey)
                .addExpand("data.currency_options")
                .build();
        return list(params).map(found -> found.stream()
                .filter(price -> lookupKey.equals(price.lookupKey()))
                .findFirst());
    }

    Mono<List<PriceState>> active(String productId) {
        return list(PriceListParams.builder()
                .setProduct(productId)
                .setActive(true)
                .setLimit(PAGE)
                .build());
    }

    private Mono<List<PriceState>> list(PriceListParams params) {
        return calls.read(
                        "price.list",
                        (stripe, options) -> StripeResultExtractor.json(stripe.v1()
                                .prices()
                                .list(params, options)
                                .getLastResponse()
                                .body()))
                .map(StripeResult::value)
                .map(list -> list.path("data").valueStream().map(this::read).toList());
    }

    /** Takes the plan's lookup key from the Price that had it. */
    Mono<PriceState> create(String productId, Plan plan) {
        var params = PriceCreateParams.builder()
                .setProduct(productId)
                .setCurrency(plan.currency())
                .setUnitAmount(plan.amounts().get(plan.currency()))
                .setRecurring(PriceCreateParams.Recurring.builder()
                        .setInterval(PriceCreateParams.Recurring.Interval.valueOf(
                                plan.interval().name()))
                        .setIntervalCount((long) plan.intervalCount())
                        .build())
                .setActive(plan.offered())
                .setNickname(plan.id())
                .setLookupKey(lookupKey(plan.id()))
                .setTransferLookupKey(true)
                .putMetadata(ENVIRONMENT, environment)
                .putMetadata(PLAN, plan.id())
                .putMetadata("version", Integer.toString(plan.sync().version()));
        plan.amounts().forEach((currency, amount) -> {
            if (!currency.equals(plan.currency())) {
                params.putCurrencyOption(
                        currency,
                        PriceCreateParams.CurrencyOption.builder()
                                .setUnitAmount(amount)
                                .build());
            }
        });
        ExpectedValues asked = ExpectedValues.of("currency", plan.currency())
                .and("unit_amount", Objects.requireNonNull(plan.amounts().get(plan.currency())))
                .and("product", productId)
                .and("recurring.interval", plan.interval().name().toLowerCase(Locale.ROOT))
                .and("recurring.interval_count", plan.intervalCount());
        return calls.write(
                        "price",
                        priceKey(plan),
                        (stripe, options) -> stripe.v1().prices().create(params.build(), options),
                        asked)
                .map(answer -> answer.map(made ->
                        StripeResultExtractor.json(made.getLastResponse().body())))
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? different(other)
                        : Mono.just(StripeResultExtractor.done(answer)))
                .map(this::read);
    }

    /** Nobody may be billed by it. */
    private Mono<JsonNode> different(StripeResult.Different<JsonNode> other) {
        String id = String.valueOf(StripeJson.text(other.made(), "id"));
        return archive(id).then(Mono.error(() -> new RefusedByStripe(other.asRefused())));
    }

    /** Gives the plan's Price its lookup key and whether it is offered. */
    Mono<Void> tell(String priceId, Plan plan) {
        return update(
                priceId,
                PriceUpdateParams.builder()
                        .setActive(plan.offered())
                        .setLookupKey(lookupKey(plan.id()))
                        .setTransferLookupKey(true)
                        .build());
    }

    Mono<Void> archive(String priceId) {
        return update(priceId, PriceUpdateParams.builder().setActive(false).build());
    }

    private Mono<Void> update(String priceId, PriceUpdateParams params) {
        return calls.write("price.update", UUID.randomUUID(), (stripe, options) -> stripe.v1()
                        .prices()
                        .update(priceId, params, options)
                        .getId())
                .map(StripeResultExtractor::done)
                .then();
    }

    /**
     * Of this plan and no other: one of the same name in a database made anew is another one. Every try after an
     * unknown outcome looks for what the last one made before it asks with a key of its own.
     */
    private static String priceKey(Plan plan) {
        return plan.id() + ":" + plan.createdAt().toEpochMilli() + ":"
                + plan.sync().changes() + ":" + plan.sync().tries();
    }
}
