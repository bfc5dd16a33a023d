package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the bodies of all requests together, and of one address, may take of this instance's memory at once: from before
 * the first byte is read until the request is answered. What is above is refused at once, to come back in a moment.
 *
 * <p>Until half of it is taken, an address has up to a fixed number of bytes; after that, an equal share of a half with all
 * that asked lately, in vain or not: the more they are, the less may each add to what it has. So those who fill it keep a
 * further one out no longer than the bodies last that they have begun, whatever they send after that.
 */
final class BodyMemory {

    private static final Duration COME_BACK = Duration.ofSeconds(1); // most bodies are read and answered by then

    /** So many addresses without a body are kept in mind: what each may have does not get less by more of them. */
    private static final int REMEMBERED = 10_000;

    private static final int FORGET_ROUNDS = 8; // in the time that one is kept in mind

    private final Limits limits;
    private final LongSupplier nanos;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong forgetAt;
    private final ConcurrentMap<String, Use> uses = new ConcurrentHashMap<>();

    /**
     * In bytes.
     *
     * @param most of all together
     * @param mostPerAddress of one address, until half of it is taken or while nobody else asks
     * @param leastPerAddress what each has, as far as there is any, however many there are
     * @param remembered how long an address that asked has a share: as long as a body is held at most
     */
    record Limits(long most, long mostPerAddress, long leastPerAddress, Duration remembered) {}

    private record Use(long bytes, long askedAt) {}

    BodyMemory(Limits limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
        this.forgetAt = new AtomicLong(nanos.getAsLong());
    }

    /** Of one request, empty at first; without an address only the sum of all is bounded. */
    Share share(@Nullable String address) {
        return new Share(address);
    }

    /** Used by one request, whose parts come one after the other. */
    final class Share {

        private final @Nullable String address;
        private long bytes;
        private boolean closed;

        private Share(@Nullable String address) {
            this.address = address;
        }

        /**
         * Has at least so many bytes from now on, until they are given back; nothing after that, as a part may come while the
         * request is given up elsewhere.
         *
         * @throws Problem 429 where the address has enough, 503 where all together have
         */
        synchronized void hold(long least) {
            long more = least - bytes;
            if (closed || more <= 0) {
                return;
            }
            long all = taken.addAndGet(more);
            if (address != null && !takeOf(address, more, all)) {
                taken.addAndGet(-more);
                throw Problem.tooManyRequests(COME_BACK);
            }
            if (all > limits.most()) {
                giveBack(more);
                throw Problem.unavailable("There is too much to read at this moment; try again.", COME_BACK);
            }
            bytes += more;
        }

        synchronized void giveBack() {
            closed = true;
            if (bytes > 0) {
                giveBack(bytes);
                bytes = 0;
            }
        }

        private void giveBack(long less) {
            taken.addAndGet(-less);
            if (address != null) {
                uses.computeIfPresent(
                        address,
                        (same, use) -> use.bytes() == less && uses.size() > REMEMBERED
                                ? null
                                : new Use(use.bytes() - less, use.askedAt()));
            }
        }
    }

    private boolean takeOf(String address, long more, long all) {
        long now = nanos.getAsLong();
        forget(now);
        long allowed = allowed(address, all);
        boolean[] isTaken = new boolean[1];
        uses.compute(address, (same, use) -> {
            long before = use == null ? 0 : use.bytes();
            isTaken[0] = before + more <= allowed;
            if (!isTaken[0] && use == null && uses.size() > REMEMBERED) {
                return null;
            }
            return new Use(isTaken[0] ? before + more : before, now);
        });
        return isTaken[0];
    }

    private long allowed(String address, long all) {
        int addresses = uses.size() + (uses.containsKey(address) ? 0 : 1);
        if (addresses == 1 || all <= limits.most() / 2) {
            return limits.mostPerAddress();
        }
        long share = Math.max(limits.leastPerAddress(), limits.most() / 2 / addresses);
        return Math.min(share, limits.mostPerAddress());
    }

    private void forget(long now) {
        long at = forgetAt.get();
        long keep = limits.remembered().toNanos();
        if (now - at >= 0 && forgetAt.compareAndSet(at, now + keep / FORGET_ROUNDS)) {
            uses.values().removeIf(use -> use.bytes() == 0 && now - use.askedAt() > keep);
        }
    }
}
