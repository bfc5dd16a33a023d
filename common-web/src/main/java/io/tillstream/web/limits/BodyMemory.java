package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the bodies of all requests together, and of one address, may take of this instance's memory at once: from before
 * the first byte is read until the request is answered. What is above is refused at once, to come back in a moment.
 */
final class BodyMemory {

    private static final Duration COME_BACK = Duration.ofSeconds(1); // most bodies are read and answered by then

    private final long most;
    private final long mostPerAddress;
    private final AtomicLong taken = new AtomicLong();
    private final ConcurrentMap<String, Long> takenByAddress = new ConcurrentHashMap<>();

    /** Both in bytes. */
    BodyMemory(long most, long mostPerAddress) {
        this.most = most;
        this.mostPerAddress = mostPerAddress;
    }

    /** Of one request, empty at first; without an address only the sum of all is bounded. */
    Share share(@Nullable String address) {
        return new Share(address);
    }

    /** Used by one request, whose parts come one after the other. */
    final class Share {

        private final @Nullable String address;
        private long bytes;

        private Share(@Nullable String address) {
            this.address = address;
        }

        /**
         * Has at least so many bytes from now on, until they are given back.
         *
         * @throws Problem 429 where the address has enough, 503 where all together have
         */
        synchronized void hold(long least) {
            long more = least - bytes;
            if (more <= 0) {
                return;
            }
            if (address != null && !takeOfAddress(address, more)) {
                throw Problem.tooManyRequests(COME_BACK);
            }
            if (taken.addAndGet(more) > most) {
                taken.addAndGet(-more);
                giveBackOfAddress(more);
                throw Problem.unavailable("There is too much to read at this moment; try again.", COME_BACK);
            }
            bytes += more;
        }

        synchronized void giveBack() {
            if (bytes > 0) {
                taken.addAndGet(-bytes);
                giveBackOfAddress(bytes);
                bytes = 0;
            }
        }

        private boolean takeOfAddress(String key, long more) {
            boolean[] isTaken = new boolean[1];
            takenByAddress.compute(key, (same, before) -> {
                long now = (before == null ? 0 : before) + more;
                isTaken[0] = now <= mostPerAddress;
                return isTaken[0] ? Long.valueOf(now) : before;
            });
            return isTaken[0];
        }

        private void giveBackOfAddress(long less) {
            if (address != null) {
                takenByAddress.computeIfPresent(
                        address, (same, before) -> before == less ? null : Long.valueOf(before - less));
            }
        }
    }
}
