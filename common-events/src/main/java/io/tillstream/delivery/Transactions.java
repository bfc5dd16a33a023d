package io.tillstream.delivery;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The only way to write: one transaction, which goes on to its end when the subscriber goes away.
 *
 * <p>Without that shield, a cancelled request hands its connection with an open transaction to the next borrower of the
 * pool, whose acknowledged write is then rolled back. No {@code timeout()} belongs inside: the role's statement and lock
 * time-outs end what hangs.
 */
public final class Transactions {

    private final TransactionalOperator operator;

    public Transactions(TransactionalOperator operator) {
        this.operator = operator;
    }

    /** Runs {@code work} in a transaction; an error of it rolls everything back. */
    public <T> Mono<T> run(Mono<T> work) {
        return committing(operator.transactional(work));
    }

    /** Runs {@code work}, which is one statement and so a transaction by itself: begin and commit would be two more. */
    public <T> Mono<T> statement(Mono<T> work) {
        return committing(work);
    }

    private static <T> Mono<T> committing(Mono<T> work) {
        return Mono.deferContextual(around -> {
            AfterCommit outer = around.getOrDefault(AfterCommit.class, null);
            AfterCommit hints = outer != null ? outer : new AfterCommit(ConcurrentHashMap.newKeySet());
            return shield(work.doOnSuccess(done -> hints.tasks().forEach(Runnable::run))
                    .contextWrite(context -> context.put(AfterCommit.class, hints)));
        });
    }

    /** Runs {@code hint} once what is under way is committed; at once where nothing is. */
    public static void afterCommit(ContextView context, Runnable hint) {
        AfterCommit hints = context.getOrDefault(AfterCommit.class, null);
        if (hints == null) {
            hint.run();
        } else {
            hints.tasks().add(hint);
        }
    }

    /** Lets {@code work} go on to its end, whatever becomes of the one who asked for it. */
    public static <T> Mono<T> shield(Mono<T> work) {
        return Mono.deferContextual(
                context -> Mono.fromFuture(() -> work.contextWrite(context).toFuture(), true));
    }

    private record AfterCommit(Set<Runnable> tasks) {}
}
