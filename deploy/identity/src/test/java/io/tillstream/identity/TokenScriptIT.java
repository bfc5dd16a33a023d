package io.tillstream.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class TokenScriptIT {
    private static final Path SCRIPT =
            Path.of("../local/token").toAbsolutePath().normalize();

    @LocalServerPort
    int port;

    @Test
    void theShellGetsATokenOfAUserAndNothingElse() throws Exception {
        Answer answer = run(port, "alice");

        assertThat(answer.error()).isEmpty();
        assertThat(SignIn.claims(answer.output().strip())).containsEntry("sub", "alice");
    }

    @Test
    void theOperatorsTokenHasTheOperatorScope() throws Exception {
        Answer answer = run(port, "operator");

        assertThat(SignIn.claims(answer.output().strip()).get("scope").toString())
                .contains("operator");
    }

    @Test
    void anUnknownUserIsSaidInOneLine() throws Exception {
        Answer answer = run(port, "mallory");

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.output()).isEmpty();
        assertThat(answer.error().strip().lines()).singleElement().asString().contains("does not know mallory");
    }

    @Test
    void anAbsentIdentityIsSaidInOneLine() throws Exception {
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress("127.0.0.1", 0)); // its port is nobody else's, and nobody listens there

            Answer answer = run(silent.getLocalPort(), "alice");

            assertThat(answer.code()).isEqualTo(1);
            assertThat(answer.error().strip().lines())
                    .singleElement()
                    .asString()
                    .contains("does not answer");
        }
    }

    private static Answer run(int port, String... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of(SCRIPT.toString()), Stream.of(arguments))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OIDC_ISSUER", "http://127.0.0.1:" + port);
        builder.environment().remove("PASSWORD");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output, error);
    }

    private record Answer(int code, String output, String error) {}
}
