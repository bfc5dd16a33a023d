package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A secret of this installation, made at its first start; kept with the data, so that each part may restart alone. */
final class KeptSecret {
    private static final int BYTES = 24;

    private KeptSecret() {}

    static String in(Path file, String prefix) {
        try {
            if (Files.exists(file)) {
                return Files.readString(file);
            }
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String secret = prefix + HexFormat.of().formatHex(random);
            Files.writeString(file, secret);
            return secret;
        } catch (IOException cause) {
            throw new LocalFailure("The secret in " + file + " cannot be kept: " + cause.getMessage(), cause);
        }
    }
}
