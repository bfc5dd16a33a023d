package io.tillstream.delivery;

/** What became of one event in one service. */
public sealed interface EventOutcome {

    /** It changed, or confirmed, what is known. */
    record Applied() implements EventOutcome {}

    /** It is none of ours, or says nothing new; it counts as handled. */
    record Ignored(String why) implements EventOutcome {}

    /** Its object is not known here yet: it waits for {@code key}, see {@link ParkedEvents#release}. */
    record Parked(String key) implements EventOutcome {}

    /** The events alone cannot tell: the object has to be read from Stripe, then the event is applied again. */
    record NeedsRefetch() implements EventOutcome {}
}
