package io.tillstream.subscription.sweep;

import io.tillstream.delivery.FaultClassifier;
import io.tillstream.stripe.StripeRefusal;
import io.tillstream.stripe.StripeUnavailable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One round of a sweep that asks Stripe about all that is due, a batch after the other. */
public final class StripeRound {

    private static final Logger LOG = LoggerFactory.getLogger(StripeRound.class);

    /** Some hundred calls, a few minutes: what comes after a round waits for no more, and the next one goes on. */
    static final int BATCHES = 10;

    private StripeRound() {}

    /**
     * Ends when nothing is due, after {@value #BATCHES} batches, or when Stripe cannot be asked: that fails each call at once,
     * and all that is claimed for nothing has one try less. Any other fault with one does not keep the others, nor does one that
     * Stripe refuses to tell of.
     *
     * @param claim takes the next batch
     * @param later is told of one that could not be asked about
     */
    public static <T> Mono<Void> of(
            Supplier<Flux<T>> claim, Function<T, Mono<?>> question, BiConsumer<T, Throwable> later) {
        return Mono.defer(() -> claim.get().collectList())
                .flatMap(due -> Flux.fromIterable(due)
                        .concatMap(one -> answered(one, question, later))
                        .then(Mono.just(!due.isEmpty())))
                .repeat(BATCHES - 1)
                .takeWhile(asked -> asked)
                .then()
                .onErrorResume(StripeUnavailable.class, away -> {
                    LOG.warn("Stripe cannot be asked, what is due waits for the next round: {}", away.toString());
                    return Mono.empty();
                });
    }

    /** Whether Stripe did not answer, or the answer could not be kept: that is another try's to do. A refusal to say is an answer. */
    public static boolean isForNow(Throwable fault) {
        return FaultClassifier.passes(fault) || isOfAll(fault);
    }

    private static boolean isOfAll(Throwable fault) {
        return fault instanceof StripeUnavailable && !(fault instanceof StripeRefusal);
    }

    private static <T> Mono<Void> answered(T one, Function<T, Mono<?>> question, BiConsumer<T, Throwable> later) {
        return Mono.defer(() -> question.apply(one)).then().onErrorResume(fault -> {
            later.accept(one, fault);
            return isOfAll(fault) ? Mono.error(fault) : Mono.empty();
        });
    }
}
