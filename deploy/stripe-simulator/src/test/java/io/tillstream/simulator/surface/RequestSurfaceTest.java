package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RequestSurfaceTest {
    private static final Path FILE = Path.of("src/main/resources/request-surface.txt");

    /** Written anew by {@code mvn -pl deploy/stripe-simulator test -Dtest=RequestSurfaceTest -Dtest.jvm=-Dsurface.write=true}. */
    @Test
    void theSurfaceIsThatOfStripeJava() throws IOException {
        StringBuilder text = new StringBuilder();
        StripeJavaOperations.all()
                .forEach((operation, params) ->
                        text.append(operation).append('\n').append(StripeJavaParameters.of(params)));
        if (Boolean.getBoolean("surface.write")) {
            Files.writeString(FILE, text);
        }
        assertThat(Files.readString(FILE)).isEqualTo(text.toString());
    }
}
