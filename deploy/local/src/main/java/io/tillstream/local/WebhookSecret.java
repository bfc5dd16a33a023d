package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The secret that the simulator signs its events with; kept with the data, so that each may restart alone. */
final class WebhookSecret {
    private static final int BYTES = 24;

    private WebhookSecret() {}

    static String in(Path folder) {
        Path file = folder.resolve("webhook-secret");
        try {
            if (Files.exists(file)) {
                return Files.readString(file);
            }
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String secret = "whsec_" + HexFormat.of().formatHex(random);
            Files.writeString(file, secret);
            return secret;
        } catch (IOException cause) {
            throw new LocalFailure("The webhook secret in " + file + " cannot be kept: " + cause.getMessage(), cause);
        }
    }
}
