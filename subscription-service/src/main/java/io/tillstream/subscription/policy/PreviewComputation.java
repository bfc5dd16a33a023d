package io.tillstream.subscription.policy;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.access.AccessComparison;
import io.tillstream.subscription.access.DunningAccessPolicy;
import io.tillstream.subscription.access.DunningPolicies;
import io.tillstream.subscription.access.DunningPolicyReader;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.lease.LeaseLost;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Computes previews, a page of subscriptions at a time. A page that is computed again after a crash finds the same. */
@Component
class PreviewComputation {

    private static final int AT_ONCE = 4; // reads only; a part of the pool

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> STATES = new TypeReference<>() {};

    private final PolicyPreviews previews;
    private final PolicySubjects subjects;
    private final PolicyChanges changes;
    private final AccessComparison comparison;
    private final DunningPolicies policies;
    private final Subscriptions subscriptions;
    private final Transactions transactions;

    PreviewComputation(
            PolicyPreviews previews,
            PolicySubjects subjects,
            PolicyChanges changes,
            AccessComparison comparison,
            DunningPolicies policies,
            Subscriptions subscriptions,
            Transactions transactions) {
        this.previews = previews;
        this.subjects = subjects;
        this.changes = changes;
        this.comparison = comparison;
        this.policies = policies;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
    }

    /** The next page of one; whether there was one. */
    Mono<Boolean> page() {
        return transactions
                .statement(previews.claim())
                .flatMap(preview -> previews.during(
                                preview, policies.at(preview.at()).flatMap(present -> page(preview, present)))
                        .onErrorResume(LeaseLost.class, lost -> Mono.empty())
                        .thenReturn(true))
                .defaultIfEmpty(false);
    }

    /** What is too old to be looked at, a step at a time; whether there may be more. */
    Mono<Boolean> forget() {
        return previews.old()
                .flatMap(id -> transactions.run(previews.forget(id)).thenReturn(true))
                .defaultIfEmpty(false);
    }

    private Mono<Void> page(PolicyPreview preview, DunningAccessPolicy present) {
        DunningAccessPolicy proposed = read(preview);
        return subjects.next(preview.position()).flatMap(page -> Flux.fromIterable(page.concerned())
                .flatMap(id -> compare(preview, id, present, proposed), AT_ONCE)
                .then(transactions.statement(previews.advance(preview, page))));
    }

    private Mono<Void> compare(
            PolicyPreview preview, UUID id, DunningAccessPolicy present, DunningAccessPolicy proposed) {
        return subscriptions.find(id).flatMap(subscription -> comparison
                .of(subscription, present, proposed, preview.at())
                .flatMap(difference -> transactions.statement(changes.add(preview, subscription, difference))));
    }

    /** It was checked when it was asked for. */
    private static DunningAccessPolicy read(PolicyPreview preview) {
        return DunningPolicyReader.read(JSON.readValue(preview.policy(), STATES))
                .policy()
                .orElseThrow(() -> new IllegalStateException("preview " + preview.id() + " has no policy"));
    }
}
