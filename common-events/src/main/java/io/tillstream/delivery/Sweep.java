package io.tillstream.delivery;

import io.tillstream.web.rounds.Rounds;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Looks by the clock for what no event, answer or request goes on with. One round at a time: a tick in the middle of one is
 * left out, after one in which it was woken another follows at once. The first comes a period after the start, unless it is told otherwise. A round that hangs is left, and the next one begun: what it had taken is
 * due again.
 *
 * <p>What was asked for and got no answer has a rest that grows. It is due before that rest is over once what was away answers
 * again: Stripe, as {@link #wake} tells; a database or another service, as a round may have {@link #failed} by it; and this
 * process itself, with its first round.
 */
public abstract class Sweep implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** Each statement and each call has its own limit, far below; a round without an end would end the sweep. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Duration longest;
    private final WakeUp wakeUp;
    private final Rounds rounds;
    private final Disposable.Swap afterItsRest = Disposables.swap();

    /** A sweep that looks once {@code every} period. */
    protected Sweep(Duration every) {
        this(every, every, LONGEST, WakeUp.REST);
    }

    /** One whose first look is {@code first} after the start. */
    protected Sweep(Duration first, Duration every) {
        this(first, every, LONGEST, WakeUp.REST);
    }

    Sweep(Duration first, Duration every, Duration longest, Duration wakeRest) {
        this.longest = longest;
        this.wakeUp = new WakeUp(getClass().getSimpleName(), wakeRest, this::makeDue);
        this.rounds = new Rounds(first, every, Mono.defer(this::bounded));
    }

    /** Everything that is due. */
    protected abstract Mono<Void> round();

    /**
     * Makes due what rests only as there was no answer when it was asked for, some of it at a time: how much of it is asked for at
     * once is the round's business. What was answered, and rests for a reason of its own, rests on.
     *
     * @return how many became due; zero: none is left
     */
    protected Mono<Long> makeDue() {
        return Mono.just(0L);
    }

    /** What was away answers again. */
    public final void wake() {
        wakeUp.want();
        rounds.hint();
    }

    /** Something is due before its next time. */
    protected final void hint() {
        rounds.hint();
    }

    /** One could not be seen to; if that passes, as the database or another service is away, it is due with a later round. */
    protected final void failed(Throwable fault) {
        if (FaultClassifier.passes(fault)) {
            wakeUp.want();
        }
    }

    @Override
    public final void start() {
        rounds.start();
    }

    private Mono<Void> bounded() {
        Mono<Void> round = wakeUp.makeDue().then(Mono.defer(this::round));
        return round.timeout(longest).doFinally(end -> lookAfterTheRest()).onErrorResume(fault -> {
            LOG.warn("{} did not end its round: {}", getClass().getSimpleName(), fault.toString());
            return Mono.empty();
        });
    }

    /** What it was woken for in the rest that is between two times. */
    private void lookAfterTheRest() {
        wakeUp.restLeft().ifPresent(left -> {
            var unused = afterItsRest.update(Mono.delay(left).subscribe(over -> rounds.hint()));
        });
    }

    @Override
    public final void stop() {
        rounds.stop();
        var unused = afterItsRest.update(Disposables.disposed());
    }

    @Override
    public final boolean isRunning() {
        return rounds.isRunning();
    }
}
