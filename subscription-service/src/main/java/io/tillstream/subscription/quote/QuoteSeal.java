package io.tillstream.subscription.quote;

import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes a quote something the user can carry and nobody can change: {@code q1.<quote>.<HMAC-SHA256>}, both base64url.
 * The signature covers the format's name too, so that no other format can be passed off as this one.
 */
@Component
public class QuoteSeal {

    private static final String FORMAT = "q1";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LONGEST = 2_000; // ours have about 600 characters
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SecretKeySpec key;
    private final List<SecretKeySpec> accepted;
    private final Clock clock;

    QuoteSeal(QuoteSettings settings, Clock clock) {
        this.key = key(settings.secret());
        this.accepted = Stream.of(settings.secret(), settings.previousSecret())
                .filter(secret -> !secret.isEmpty())
                .map(QuoteSeal::key)
                .toList();
        this.clock = clock;
    }

    public String seal(Quote quote) {
        String content = Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(quote));
        String signed = FORMAT + "." + content;
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(key, signed));
    }

    /**
     * The quote that was sealed for this user and this subscription, and is not too old. Throws {@link Problem} 422
     * {@code quote-invalid} for anything else, 409 {@code quote-expired} for one that was good once.
     */
    public Quote open(String sealed, String userId, UUID subscriptionId) {
        Quote quote = recognize(sealed, userId, subscriptionId);
        if (quote.isExpired(clock.instant())) {
            throw Problem.conflict("quote-expired", "The quote is too old: ask for a new one.");
        }
        return quote;
    }

    /** As {@link #open} but of any age: a change that was begun in time goes on. */
    public Quote recognize(String sealed, String userId, UUID subscriptionId) {
        Quote quote = read(sealed);
        if (!quote.userId().equals(userId) || !quote.subscriptionId().equals(subscriptionId)) {
            throw invalid();
        }
        return quote;
    }

    private Quote read(String sealed) {
        String[] parts = sealed.length() > LONGEST ? new String[0] : sealed.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(FORMAT)) {
            throw invalid();
        }
        try {
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            String signed = parts[0] + "." + parts[1];
            if (!canonical(parts[2], signature)
                    || accepted.stream().noneMatch(one -> MessageDigest.isEqual(signature(one, signed), signature))) {
                throw invalid();
            }
            return JSON.readValue(Base64.getUrlDecoder().decode(parts[1]), Quote.class);
        } catch (IllegalArgumentException | JacksonException e) {
            throw invalid();
        }
    }

    /** Base64 has several spellings of the same bytes; only ours is taken, so that a quote has one text. */
    private static boolean canonical(String text, byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text);
    }

    private static byte[] signature(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static SecretKeySpec key(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    private static Problem invalid() {
        return Problem.of(422, "quote-invalid", "This is not a quote for this change.");
    }
}
