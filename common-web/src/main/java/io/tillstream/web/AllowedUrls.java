package io.tillstream.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a buyer may be sent back to: URLs of the shop's own origins, so that nobody is led elsewhere through us. */
public final class AllowedUrls {

    private static final int LONGEST = 2_000; // Stripe takes up to 5,000; browsers and logs are happier with less
    private static final String SESSION_ID = "{CHECKOUT_SESSION_ID}"; // Stripe puts the session's id in its place

    private final Set<String> origins;

    public AllowedUrls(Collection<String> origins) {
        this.origins = origins.stream()
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .map(AllowedUrls::configured)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Gives the URL back, or throws {@link Problem} 422 {@code url-not-allowed} that names the field. */
    public String check(String field, String url) {
        String origin = url.length() > LONGEST ? null : origin(url);
        if (origin == null || !origins.contains(origin)) {
            throw Problem.of(422, "url-not-allowed", "The URL does not belong to an allowed origin.")
                    .withErrors(java.util.List.of(new Problem.Field(field, "is not below an allowed origin")));
        }
        return url;
    }

    public Set<String> origins() {
        return origins;
    }

    private static String configured(String origin) {
        String read = origin(origin);
        if (read == null || URI.create(origin).getRawPath().length() > 1) {
            throw new IllegalArgumentException("Not an origin (scheme://host[:port]): " + origin);
        }
        return read;
    }

    private static @Nullable String origin(String url) {
        try {
            int query = url.indexOf('?');
            String plain = query < 0
                    ? url
                    : url.substring(0, query) + url.substring(query).replace(SESSION_ID, "ID");
            URI uri = new URI(plain);
            String scheme = uri.getScheme();
            if (scheme == null || uri.getHost() == null || uri.getRawUserInfo() != null) {
                return null;
            }
            String lower = scheme.toLowerCase(Locale.ROOT);
            if (!lower.equals("https") && !lower.equals("http")) {
                return null;
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : lower.equals("https") ? 443 : 80;
            return lower + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
