package io.tillstream.web;

import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.web.example.TestService;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service with this module, over real HTTP, with a database. One context for all tests that change nothing of its settings. */
@SpringBootTest(
        classes = TestService.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.application.name=test-service", "tillstream.web.shutdown-delay=0s"})
abstract class RunningTestService {

    static final TestTokens TOKENS = new TestTokens();

    @LocalServerPort
    int port;

    @Autowired
    TestService.Things things;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws SQLException {
        TestDatabase.register(registry, TestPostgres.newDatabase());
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/me");
    }
}
