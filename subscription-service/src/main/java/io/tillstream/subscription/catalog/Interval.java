package io.tillstream.subscription.catalog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a plan is billed by. */
public enum Interval {
    DAY(1095),
    WEEK(156),
    MONTH(36),
    YEAR(3);

    /** Stripe takes no more than three years. */
    final int most;

    Interval(int most) {
        this.most = most;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for one that Stripe may add later. */
    static Optional<Interval> known(String text) {
        return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    public static Interval of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
