package io.tillstream.stripe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * Who has the first word about something that was begun: its caller, who is told that it goes on, or the work, which takes
 * it back as if it had never been. What was told stays.
 */
public final class CompensationGuard {

    private enum Word {
        NONE,
        TOLD,
        TAKEN_BACK
    }

    private final AtomicReference<Word> first = new AtomicReference<>(Word.NONE);

    /** Of what its caller was told of before. */
    public static CompensationGuard alreadyTold() {
        var guard = new CompensationGuard();
        guard.first.set(Word.TOLD);
        return guard;
    }

    /** The caller is told: from here on it is not taken back. False where it is being taken back: then that is the answer. */
    public boolean told() {
        return first.compareAndSet(Word.NONE, Word.TOLD) || first.get() == Word.TOLD;
    }

    /** Whether nobody was told, and nobody will be. */
    public boolean takesBack() {
        return first.compareAndSet(Word.NONE, Word.TAKEN_BACK);
    }

    /**
     * What came of {@code work}, or that it goes on where it takes longer. Where it is just being taken back, no longer than a
     * transaction, that is waited for. The work goes on whatever becomes of the caller, so it has to be shielded.
     */
    public <T> Mono<T> answer(Mono<T> work, Duration within, Mono<T> goesOn) {
        Mono<T> once = work.cache();
        return once.timeout(within, Mono.defer(() -> told() ? goesOn : once));
    }
}
