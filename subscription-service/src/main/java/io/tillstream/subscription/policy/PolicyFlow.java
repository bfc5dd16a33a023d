package io.tillstream.subscription.policy;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.access.AdoptedPolicies;
import io.tillstream.subscription.access.DunningPolicies;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The way of a policy: an operator has a preview of it computed, looks at what it would change, and takes it on from a moment.
 * Nothing but the preview's own tables is written until it begins; then {@link PolicyLoop} gives each subscription what it
 * leaves, and whatever happens to a subscription from then on is judged by it.
 */
@Component
class PolicyFlow {

    private final PolicyPreviews previews;
    private final AdoptedPolicies adopted;
    private final DunningPolicies policies;
    private final Transactions transactions;
    private final PolicySettings settings;
    private final Clock clock;

    PolicyFlow(
            PolicyPreviews previews,
            AdoptedPolicies adopted,
            DunningPolicies policies,
            Transactions transactions,
            PolicySettings settings,
            Clock clock) {
        this.previews = previews;
        this.adopted = adopted;
        this.policies = policies;
        this.transactions = transactions;
        this.settings = settings;
        this.clock = clock;
    }

    Mono<PolicyPreview> begin(UUID id, String policy, @Nullable Instant at, String operator) {
        return transactions
                .run(previews.add(id, policy, at == null ? clock.instant() : at, operator)
                        .thenReturn(true))
                .then(find(id));
    }

    Mono<PolicyPreview> find(UUID id) {
        return previews.find(id).switchIfEmpty(Mono.error(Problem::notFound));
    }

    /** From that moment on; from as soon as all instances know it, where none is said. */
    Mono<PolicyPreview> adopt(UUID id, @Nullable Instant startsAt, String operator) {
        Instant earliest = clock.instant().plus(settings.lead());
        if (startsAt != null && startsAt.isBefore(earliest)) {
            throw Problem.invalid("startsAt", "must be " + settings.lead().toSeconds() + " s from now at least");
        }
        Instant start = startsAt == null ? earliest : startsAt;
        return find(id).flatMap(preview -> {
            if (!preview.isComputed()) {
                return Mono.error(Problem.conflict("preview-not-computed", "What it changes is not known yet."));
            }
            return transactions
                    .run(adopted.add(id, preview.policy(), start, operator))
                    .flatMap(isNew -> isNew
                            ? policies.refresh().then(find(id))
                            : Mono.error(Problem.conflict("policy-already-adopted", "It was taken on before.")));
        });
    }
}
