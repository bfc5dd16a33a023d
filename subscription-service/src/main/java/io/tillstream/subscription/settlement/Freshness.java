package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import java.util.Objects;

/**
 * What news of one of Stripe's objects is worth. Stripe's clock has whole seconds and events come in any order, so:
 * the older is nothing; the newer counts; and where nobody here can tell which is which, Stripe is asked.
 */
record Freshness(Verdict verdict, String why) {

    enum Verdict {
        /** It says how things are now. */
        NEWS,
        /** It is as known; it may be known to be newer now. */
        NOTHING_NEW,
        /** It is not so any more. */
        PAST,
        /** Only Stripe can tell. */
        UNCLEAR
    }

    static final Freshness NEWS = new Freshness(Verdict.NEWS, "newer than what was known");
    private static final Freshness SAME = new Freshness(Verdict.NOTHING_NEW, "says nothing new");
    private static final Freshness OLDER = new Freshness(Verdict.PAST, "older than what is known");
    private static final Freshness OVERTAKEN = new Freshness(Verdict.UNCLEAR, "something else was told meanwhile");
    private static final Freshness UNCLEAR = new Freshness(Verdict.UNCLEAR, "may be newer or older");

    static Freshness past(String why) {
        return new Freshness(Verdict.PAST, why);
    }

    static Freshness unclear(String why) {
        return new Freshness(Verdict.UNCLEAR, why);
    }

    /** By age alone. */
    static Freshness of(ObjectVersion known, String fingerprint, StateOrigin source) {
        boolean same = fingerprint.equals(known.fingerprint());
        ObjectVersion before = source.before();
        if (before != null) {
            boolean overtaken =
                    before.asOf() != known.asOf() || !Objects.equals(before.fingerprint(), known.fingerprint());
            return same ? SAME : overtaken ? OVERTAKEN : NEWS;
        }
        if (source.created() < known.asOf()) {
            return OLDER;
        }
        if (same) {
            return SAME;
        }
        return known.ahead() || source.created() == known.asOf() ? UNCLEAR : NEWS;
    }

    /** What is known after news, or after the same again. */
    static ObjectVersion after(ObjectVersion known, String fingerprint, StateOrigin source) {
        boolean ahead = !source.isTold() && (known.ahead() || !fingerprint.equals(known.fingerprint()));
        return new ObjectVersion(Math.max(known.asOf(), source.created()), fingerprint, ahead, known.knownAt());
    }
}
