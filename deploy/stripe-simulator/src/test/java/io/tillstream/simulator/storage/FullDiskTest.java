package io.tillstream.simulator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.storage.SimulatorProcess.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes no more, which a limit on the size of files is to a process. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    private static final String LIMIT = "ulimit -S -f 250;"; // KiB

    @TempDir
    private Path temp;

    private Map<String, String> settings() {
        return Map.of("SIMULATOR_DATA", temp.resolve("account").toString());
    }

    @Test
    void whatCannotBeWrittenIsNotPromisedAndIsRightOnceThereIsRoom() throws Exception {
        SimulatorProcess simulator = SimulatorProcess.launch(temp.resolve("output"), LIMIT, settings())
                .started();
        int made = 0;
        Answer last = pay(simulator, made);
        String kept = last.id();
        while (last.status() == 200) {
            kept = last.id();
            last = pay(simulator, ++made);
        }

        assertThat(last.status()).as(last.body()).isEqualTo(500);
        assertThat(pay(simulator, made + 1).status()).isEqualTo(500);
        assertThat(simulator.get("/v1/payment_intents/" + kept).status()).isEqualTo(500);

        freeSpace(simulator);

        Answer again = pay(simulator, made);
        assertThat(again.status()).as(again.body()).isEqualTo(200);
        assertThat(pay(simulator, made + 1).status()).isEqualTo(200);
        simulator.kill();
        try (SimulatorProcess next =
                SimulatorProcess.launch(temp.resolve("next"), "", settings()).started()) {
            assertThat(next.get("/v1/payment_intents/" + kept).status()).isEqualTo(200);
            assertThat(next.get("/v1/payment_intents/" + again.id()).status()).isEqualTo(200);
            assertThat(pay(next, made).id()).isEqualTo(again.id());
        }
    }

    private static Answer pay(SimulatorProcess simulator, int number) {
        return simulator.post(
                "/v1/payment_intents",
                "pay-" + number,
                "amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa&payment_method_types[0]=card");
    }

    private static void freeSpace(SimulatorProcess simulator) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(simulator.pid()), "--fsize=unlimited")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    @Test
    void aDamagedLogIsToldAtTheStartAndNothingIsAnswered() throws Exception {
        try (SimulatorProcess simulator =
                SimulatorProcess.launch(temp.resolve("output"), "", settings()).started()) {
            for (int i = 0; i < 5; i++) {
                assertThat(pay(simulator, i).status()).isEqualTo(200);
            }
        }
        Path log = temp.resolve("account").resolve("log-00000001");
        byte[] bytes = Files.readAllBytes(log);
        bytes[100] ^= 1;
        Files.write(log, bytes);

        SimulatorProcess next = SimulatorProcess.launch(temp.resolve("next"), "", settings());

        assertThat(next.ended()).isNotZero();
        assertThat(next.said()).contains("log-00000001 is damaged", "delete it to start with an empty account");
    }
}
