package io.tillstream.simulator.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** {@code Stripe-Signature}: a time, and an HMAC over it and the bytes of the body. */
final class Signature {
    private static final String HMAC = "HmacSHA256";

    private Signature() {}

    /** {@code v0} is what Stripe adds to test events, to be ignored by whoever checks. */
    static String header(String secret, long epochSeconds, byte[] body) {
        return "t=" + epochSeconds + ",v1=" + sign(secret, epochSeconds, body) + ",v0="
                + sign("v0" + secret, epochSeconds, body);
    }

    private static String sign(String secret, long epochSeconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
            mac.update((epochSeconds + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
