package io.tillstream.delivery;

import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;

/**
 * The only way to write: one transaction, which goes on to its end when the subscriber goes away.
 *
 * <p>Without that shield, a cancelled request hands its connection with an open transaction to the next borrower of the
 * pool, whose acknowledged write is then rolled back. No {@code timeout()} belongs inside: the role's statement and lock
 * time-outs end what hangs.
 */
public final class Transactions {

    private final TransactionalOperator operator;
    private final Runnable afterCommit;

    public Transactions(TransactionalOperator operator, Runnable afterCommit) {
        this.operator = operator;
        this.afterCommit = afterCommit;
    }

    /** Runs {@code work} in a transaction; an error of it rolls everything back. */
    public <T> Mono<T> run(Mono<T> work) {
        return shield(operator.transactional(work).doOnSuccess(done -> afterCommit.run()));
    }

    /** Lets {@code work} go on to its end, whatever becomes of the one who asked for it. */
    public static <T> Mono<T> shield(Mono<T> work) {
        return Mono.deferContextual(
                context -> Mono.fromFuture(() -> work.contextWrite(context).toFuture(), true));
    }
}
