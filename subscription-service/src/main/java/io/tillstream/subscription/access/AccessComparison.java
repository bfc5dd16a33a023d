package io.tillstream.subscription.access;

import io.tillstream.subscription.access.AccessDifference.Granted;
import io.tillstream.subscription.access.AccessLevelCalculator.GrantedAccess;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Compares two policies on one subscription, by the very rules that give access; changes nothing. */
@Component
public class AccessComparison {

    private final SubscriptionPaymentSummaryRepository payment;
    private final EntitlementTransition access;

    AccessComparison(SubscriptionPaymentSummaryRepository payment, EntitlementTransition access) {
        this.payment = payment;
        this.access = access;
    }

    /** Empty where both leave it the same, now and later. */
    public Mono<AccessDifference> of(
            Subscription subscription, DunningAccessPolicy before, DunningAccessPolicy after, Instant moment) {
        Instant now = subscription.now(moment).truncatedTo(ChronoUnit.MILLIS);
        return payment.facts(subscription).flatMap(facts -> {
            GrantedAccess had = new AccessLevelCalculator(before).given(facts, now);
            GrantedAccess gets = new AccessLevelCalculator(after).given(facts, now);
            return had.equals(gets)
                    ? Mono.empty()
                    : access.features(subscription)
                            .map(features -> new AccessDifference(
                                    new Granted(had.grade(), had.until()),
                                    new Granted(gets.grade(), gets.until()),
                                    had.grade() == gets.grade() ? first(had, gets) : now,
                                    features));
        });
    }

    /** The same grade now, and another later: the earliest moment that is told of either alone. */
    private static Instant first(GrantedAccess had, GrantedAccess gets) {
        Stream<Instant> steps = Objects.equals(had.changesAt(), gets.changesAt())
                ? Stream.of(had.until(), gets.until())
                : Stream.of(had.changesAt(), gets.changesAt());
        return steps.filter(Objects::nonNull).min(Comparator.naturalOrder()).orElseThrow();
    }
}
