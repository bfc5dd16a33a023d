package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import io.tillstream.chaos.check.observation.StripeObjects.Refund;
import io.tillstream.chaos.check.observation.StripeObjects.Request;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * M5: what is asked once happens once. An attempt has at most one intent at Stripe, a refund and a start of a subscription of ours
 * at most one counterpart, a key one object; here, an event is applied to an order once, and a payment answers one attempt.
 */
public final class OneEffectPerKey {

    private static final String M5 = "M5";

    private final Observation seen;
    private final List<Breach> breaches = new ArrayList<>();

    private OneEffectPerKey(Observation seen) {
        this.seen = seen;
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new OneEffectPerKey(seen);
        invariant.atStripe();
        invariant.byKey();
        invariant.here();
        return invariant.breaches;
    }

    private void atStripe() {
        once(seen.orderIntents().stream(), Intent::attempt, Intent::id, "attempt", "intents");
        Set<String> ours = Set.copyOf(seen.database(Service.PAYMENTS).texts("select id from refunds"));
        once(
                seen.refunds().stream().filter(refund -> refund.givesBack() && ours.contains(refund.ourId())),
                Refund::ourId,
                Refund::id,
                "refund",
                "refunds at Stripe");
        Set<String> begun = Set.copyOf(seen.database(Service.SUBSCRIPTIONS).texts("select id from subscriptions"));
        once(
                seen.subscriptions().stream().filter(subscription -> begun.contains(subscription.ourId())),
                Subscription::ourId,
                Subscription::id,
                "subscription",
                "subscriptions at Stripe");
    }

    private <T> void once(
            Stream<T> objects, Function<T, String> ours, Function<T, String> id, String what, String many) {
        objects.filter(object -> !ours.apply(object).isEmpty())
                .collect(Collectors.groupingBy(ours, Collectors.mapping(id, Collectors.toList())))
                .forEach((own, theirs) -> {
                    if (theirs.size() > 1) {
                        breaches.add(new Breach(
                                M5,
                                what + " " + own + " has " + theirs.size() + " " + many,
                                Stream.concat(Stream.of(own), theirs.stream()).toList()));
                    }
                });
    }

    private void byKey() {
        seen.requests().stream()
                .filter(request -> request.method().equals("POST")
                        && !request.key().isEmpty()
                        && !request.object().isEmpty())
                .collect(Collectors.groupingBy(
                        Request::key, Collectors.mapping(Request::object, Collectors.toCollection(TreeSet::new))))
                .forEach((key, objects) -> {
                    if (objects.size() > 1) {
                        breaches.add(new Breach(M5, "key " + key + " made " + objects, List.copyOf(objects)));
                    }
                });
    }

    private void here() {
        Map<String, String> repeats = Map.of(
                "event %2$s was applied to order %1$s %3$s times",
                "select order_id, ref, count(*) from order_timeline where kind = 'event' and outcome = 'applied'"
                        + " group by order_id, ref having count(*) > 1",
                "event %2$s moved order %1$s %3$s times",
                "select order_id, cause_id, count(*) from order_history where cause_kind = 'stripe_event'"
                        + " group by order_id, cause_id having count(*) > 1",
                "payment %2$s answers %3$s attempts of order %1$s",
                "select order_id, payment_id, count(*) from order_payments where payment_id is not null"
                        + " group by order_id, payment_id having count(*) > 1");
        repeats.forEach((sentence, sql) -> seen.rows(Service.ORDERS, sql).forEach(row -> repeated(sentence, row)));
    }

    private void repeated(String sentence, Row row) {
        Object[] words = row.columns().keySet().stream().map(row::text).toArray();
        breaches.add(Breach.of(M5, sentence.formatted(words), words[0].toString(), words[1].toString()));
    }
}
