package io.tillstream.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Asks for a name and a password; the root says who is signed in, also after a sign-in that led nowhere else. */
@RestController
class LoginPage {
    private final String page;
    private final String root;

    LoginPage() throws IOException {
        root = new ClassPathResource("root.html").getContentAsString(StandardCharsets.UTF_8);
        page = new ClassPathResource("login.html").getContentAsString(StandardCharsets.UTF_8);
    }

    /** For who opens the address that {@code ./run} prints: a sign-in begins at a page of the shop, not here. */
    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    String root(@Nullable Principal user) {
        String who = user == null
                ? "Nobody is signed in: <a href=\"/login\">sign in</a>."
                : "You are signed in as " + HtmlUtils.htmlEscape(user.getName()) + ".";
        return root.replace("{{who}}", who);
    }

    @GetMapping(path = "/login", produces = MediaType.TEXT_HTML_VALUE)
    String login(CsrfToken csrf, @RequestParam @Nullable String error, @RequestParam @Nullable String logout) {
        String notice = error != null ? "Wrong user or password." : logout != null ? "You are signed out." : "";
        return page.replace("{{csrf}}", csrf.getToken()).replace("{{notice}}", notice);
    }
}
