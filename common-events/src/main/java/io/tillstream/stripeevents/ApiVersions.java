package io.tillstream.stripeevents;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The versions of Stripe's API whose objects are read here. An account, and each webhook endpoint, has a version of its
 * own; what moved between two of them is looked for in both places, where it is read. A version that nobody has looked
 * at may have moved more: its objects are read from Stripe in our own version.
 *
 * @see <a href="https://docs.stripe.com/changelog">Stripe: changes by version</a>
 */
public final class ApiVersions {

    /**
     * The date of the newest version whose changelog was read for what is read here. stripe-java asks in an older one: what
     * moved since, see {@code stripe-versions} of the tests.
     */
    public static final String NEWEST = "2026-11-18";

    /** Dates alone until 2024-06-20, with a name since; previews are not promised to stay. */
    private static final Pattern RELEASED = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(\\.(?!preview)[a-z]+)?");

    private ApiVersions() {}

    /** Without a version an event is of the account's own first days. */
    public static boolean isKnown(@Nullable String version) {
        if (version == null) {
            return true;
        }
        return RELEASED.matcher(version).matches()
                && version.substring(0, NEWEST.length()).compareTo(NEWEST) <= 0;
    }
}
