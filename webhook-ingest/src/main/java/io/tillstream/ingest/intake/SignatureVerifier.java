package io.tillstream.ingest.intake;

import com.stripe.net.Webhook;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks Stripe's signature over the raw bytes. stripe-java accepts any time in the future and throws whatever it likes
 * on a hostile header, so both are bounded here.
 */
final class SignatureVerifier {

    private static final int TOLERANCE_SECONDS = 300; // Stripe's recommendation, in both directions
    private static final int LONGEST_HEADER = 1_024; // a time and a signature per secret are under 200 characters

    private final List<String> secrets;
    private final Clock clock;

    SignatureVerifier(List<String> secrets, Clock clock) {
        this.secrets = List.copyOf(secrets);
        this.clock = clock;
    }

    /** Why the signature is not accepted, or null if it is. */
    @Nullable
    String fault(byte[] body, @Nullable String header) {
        if (header == null || header.isBlank()) {
            return "missing";
        }
        if (header.length() > LONGEST_HEADER) {
            return "too-long";
        }
        try {
            // Strictly: a replaced character would let other bytes pass under the same signature.
            String payload = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            if (secrets.stream().noneMatch(secret -> signedWith(secret, payload, header))) {
                return "wrong";
            }
            long age = clock.instant().getEpochSecond() - timestamp(header);
            return Math.abs(age) > TOLERANCE_SECONDS ? "wrong-time" : null;
        } catch (CharacterCodingException e) {
            return "not-utf8";
        } catch (Throwable hostile) { // whatever the header makes the parser throw, it is the sender's fault
            return "hostile";
        }
    }

    private boolean signedWith(String secret, String payload, String header) {
        try {
            return Webhook.Signature.verifyHeader(payload, header, secret, 0);
        } catch (com.stripe.exception.SignatureVerificationException e) {
            return false;
        }
    }

    /** The first time in the header: the one that stripe-java takes into the signature. */
    private static long timestamp(String header) {
        for (String part : header.split(",", -1)) {
            String[] pair = part.split("=", 2);
            if (pair[0].equals("t")) {
                return Long.parseLong(pair[1]);
            }
        }
        throw new IllegalArgumentException("no time");
    }
}
