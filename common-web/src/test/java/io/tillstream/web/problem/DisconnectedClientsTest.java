package io.tillstream.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.web.Problem;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Operators;
import reactor.netty.channel.AbortedException;
import reactor.util.context.Context;

@ExtendWith(OutputCaptureExtension.class)
class DisconnectedClientsTest {
    private final DisconnectedClients clients = new DisconnectedClients();

    @BeforeEach
    void start() {
        clients.start();
    }

    @AfterEach
    void stop() {
        clients.stop();
    }

    @Test
    void aClientThatWentAwayIsOneLine(CapturedOutput output) {
        Operators.onErrorDropped(AbortedException.beforeSend(), Context.empty());

        assertThat(output.getAll().lines().filter(line -> !line.isBlank()))
                .singleElement()
                .asString()
                .contains("INFO", "went away");
    }

    /** Of what is away there are many: a stack trace for each would hide the line that says so. */
    @Test
    void anAnswerThatNobodyIsLeftToHearIsOneLine(CapturedOutput output) {
        Operators.onErrorDropped(
                Problem.unavailable("Later.", Duration.ofSeconds(1)).causedBy(new IOException("Kafka is away")),
                Context.empty());

        assertThat(output.getAll().lines().filter(line -> !line.isBlank()))
                .singleElement()
                .asString()
                .contains("INFO", "503 unavailable", "Kafka is away");
    }

    @Test
    void aFaultOfOursThatNobodyIsLeftToHearIsShownWhole(CapturedOutput output) {
        Operators.onErrorDropped(
                Problem.of(500, "internal-error", "Ours.").causedBy(new IllegalStateException("ours")),
                Context.empty());

        assertThat(output.getAll()).contains("ERROR", "internal-error", "\tat ");
    }

    @Test
    void anyOtherErrorIsShownWhole(CapturedOutput output) {
        Operators.onErrorDropped(new IllegalStateException("ours"), Context.empty());

        assertThat(output.getAll()).contains("ERROR", "ours", "at " + DisconnectedClientsTest.class.getName());
    }
}
