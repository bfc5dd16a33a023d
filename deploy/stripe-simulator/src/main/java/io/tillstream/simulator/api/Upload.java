package io.tillstream.simulator.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A file that came with a request; as a parameter it is a text that no form could bring by chance. */
public final class Upload {
    private final String name;
    private final byte[] content;

    Upload(String name, byte[] content) {
        this.name = name;
        this.content = content.clone();
    }

    public String name() {
        return name;
    }

    public byte[] content() {
        return content.clone();
    }

    String text() {
        Base64.Encoder encoder = Base64.getEncoder();
        return encoder.encodeToString(name.getBytes(StandardCharsets.UTF_8)) + "." + encoder.encodeToString(content);
    }

    /** Nothing if the parameter is no file. */
    public static Optional<Upload> read(String text) {
        int dot = text.indexOf('.');
        try {
            byte[] name = Base64.getDecoder().decode(text.substring(0, Math.max(0, dot)));
            byte[] content = Base64.getDecoder().decode(text.substring(dot + 1));
            return dot <= 0
                    ? Optional.empty()
                    : Optional.of(new Upload(new String(name, StandardCharsets.UTF_8), content));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
