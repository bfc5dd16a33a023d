package io.tillstream.subscription.catalog;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.subscription.sql.ObjectVersionRepository;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Products and prices that were changed at Stripe, and by whom else than us. */
@Component
public class PlanEventHandler {

    private final PlanRepository rows;
    private final PlanSyncRepository synced;
    private final ObjectVersionRepository objects;
    private final StripeProducts products;
    private final StripePrices prices;
    private final LookupKeyTransferHandler moved;

    PlanEventHandler(
            PlanRepository rows,
            PlanSyncRepository synced,
            ObjectVersionRepository objects,
            StripeProducts products,
            StripePrices prices,
            LookupKeyTransferHandler moved) {
        this.rows = rows;
        this.synced = synced;
        this.objects = objects;
        this.products = products;
        this.prices = prices;
        this.moved = moved;
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        RefetchedObject read = refetched.map(RefetchedObject::of).orElse(null);
        PlanUpdate news = new PlanUpdate(event, read, read == null ? event.object() : read.object());
        return event.type().startsWith("product.") ? product(news) : price(news);
    }

    /** The event's object as Stripe has it now. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String id = event.objectId();
        if (id == null) {
            return Mono.error(new UnreadableEvent(event.type() + " without id"));
        }
        return RefetchedObject.read(
                known(id), () -> event.type().startsWith("product.") ? products.read(id) : prices.ask(id));
    }

    /** Plans are few and change seldom, so that any of them may have changed. */
    private Mono<String> known(String id) {
        return rows.version().zipWith(objects.version(id), (plans, object) -> plans + " " + object);
    }

    /** What is told: by the event, or by Stripe after it was asked because of the event. */
    private record PlanUpdate(StripeEvent event, @Nullable RefetchedObject read, JsonNode object) {

        boolean isTruth() {
            return read != null;
        }

        boolean toldDeleted() {
            return !isTruth() && event.type().endsWith(".deleted");
        }

        /** Events carry no further currencies, only that they have changed. */
        boolean lacksCurrencies() {
            JsonNode before = event.previousAttributes();
            return !isTruth() && before != null && before.has("currency_options");
        }
    }

    private Mono<EventOutcome> product(PlanUpdate news) {
        ProductState read = ProductState.read(news.object());
        ProductState product = news.toldDeleted() ? read.asDeleted() : read;
        return rows.lockStripeProduct(product.id()).collectList().flatMap(plans -> {
            if (plans.isEmpty()) {
                return ignored("no plan's product");
            }
            if (product.name() == null && !product.deleted() && !news.isTruth()) {
                return Mono.just(new EventOutcome.NeedsRefetch());
            }
            boolean known = plans.stream().allMatch(plan -> says(plan, product));
            Optional<Plan> onItsWay = known
                    ? Optional.empty()
                    : plans.stream().filter(PlanEventHandler::isOnItsWay).findFirst();
            if (onItsWay.isPresent()) {
                return afterOurs(onItsWay.get());
            }
            return follow(
                    news, product.id(), product.fingerprint(), known, lastDone(plans), synced.productSays(product));
        });
    }

    private static boolean says(Plan plan, ProductState product) {
        return !product.deleted()
                && plan.name().equals(product.name())
                && plan.description().equals(product.description())
                && plan.productActive() == product.active();
    }

    private static @Nullable Instant lastDone(List<Plan> plans) {
        return plans.stream()
                .map(plan -> plan.sync().doneAt())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
    }

    private Mono<EventOutcome> price(PlanUpdate news) {
        PriceState read = prices.read(news.object());
        PriceState price = news.toldDeleted() ? read.asDeleted() : read;
        return rows.lockPresentPrice(price.id())
                .flatMap(plan -> present(news, plan, price))
                .switchIfEmpty(Mono.defer(() -> other(news, price)));
    }

    private Mono<EventOutcome> present(PlanUpdate news, Plan plan, PriceState price) {
        boolean known = !price.deleted() && price.active() == plan.offered() && !news.lacksCurrencies();
        if (isOnItsWay(plan) && !known) {
            return afterOurs(plan);
        }
        if (news.lacksCurrencies()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        return follow(
                news, price.id(), price.fingerprint(), known, plan.sync().doneAt(), synced.priceSays(plan, price));
    }

    /** A Price that is no plan's now becomes one's when somebody gives it the plan's lookup key. */
    private Mono<EventOutcome> other(PlanUpdate news, PriceState price) {
        String key = price.lookupKey();
        if (key == null || price.deleted()) {
            return ignored("no plan's price");
        }
        return rows.lockLookupKey(key, prices.lookupKey(""))
                .flatMap(plan -> isOnItsWay(plan)
                        ? afterOurs(plan)
                        : moved.follow(plan, price, news.isTruth(), news.event().created())
                                .transform(follow -> unlessOvertaken(news, price.id(), follow)))
                .switchIfEmpty(ignored("no plan's price"));
    }

    /**
     * Older news change nothing; of what shares its second with the last, or may tell what was before our own last
     * change, Stripe's present state is taken.
     */
    private Mono<EventOutcome> follow(
            PlanUpdate news,
            String id,
            String fingerprint,
            boolean known,
            @Nullable Instant ourLast,
            Mono<Void> change) {
        long created = news.event().created();
        Mono<EventOutcome> applied =
                change.then(objects.keep(id, created, fingerprint)).thenReturn(new EventOutcome.Applied());
        if (news.isTruth()) {
            return unlessOvertaken(news, id, applied);
        }
        boolean maybeBefore = !known && ourLast != null && created <= ourLast.getEpochSecond();
        return objects.standing(id, created, fingerprint).flatMap(standing -> switch (standing) {
            case OLDER -> ignored("older than what is known");
            case REPEAT -> ignored("says nothing new");
            case UNCLEAR -> Mono.just(new EventOutcome.NeedsRefetch());
            case NEWER -> maybeBefore ? Mono.just(new EventOutcome.NeedsRefetch()) : applied;
        });
    }

    /** An operator, or another event, may have changed the plan while Stripe was read. */
    private Mono<EventOutcome> unlessOvertaken(PlanUpdate news, String id, Mono<EventOutcome> change) {
        RefetchedObject read = news.read();
        return read == null ? change : read.unlessOvertaken(known(id), () -> change);
    }

    /** What it tells may be from before or after our own change: that can be seen when Stripe has it. */
    private static Mono<EventOutcome> afterOurs(Plan plan) {
        return Mono.just(new EventOutcome.Parked(PlanSyncRepository.waitingFor(plan)));
    }

    private static boolean isOnItsWay(Plan plan) {
        return plan.sync().isDue() && !plan.takenOver();
    }

    private static Mono<EventOutcome> ignored(String why) {
        return Mono.just(new EventOutcome.Ignored(why));
    }
}
