// fastsink - a very fast SMTP sink for benchmarks (single thread, epoll).
//
// Takes mail on loopback (or in a network namespace of netdelay) and throws it
// away, while counting what the client did: messages, recipients, bytes, the
// number of dialogue turns, recv()/send() calls, verbs and protocol slips.
//
// Build: cc -O2 -DWITH_TLS -o fastsink fastsink.c -lssl -lcrypto   (or without TLS)
// Usage: fastsink --help
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

typedef uint64_t u64;

#define RBUF (1 << 20)      // shared receive buffer
#define MAXLINE 65536       // longest command line that we take
#define OUT_HIGH (1 << 20)  // stop reading a client that does not read its replies

enum { V_EHLO, V_HELO, V_MAIL, V_RCPT, V_DATA, V_BDAT, V_RSET, V_NOOP, V_QUIT, V_AUTH, V_STARTTLS, V_OTHER, V_MAX };
static const char *vname[V_MAX] = {"EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "AUTH", "STARTTLS", "OTHER"};

static struct {
  u64 connections, active, messages, rcpts, rcpt_rejected, bytes, data_msgs, bdat_msgs, bdat_chunks;
  u64 turns, recv_calls, send_calls, wire_in, wire_out, errors, early_data, pipelined, bare_lf;
  u64 tls_handshakes, tls_resumed, auths, injections, cmds[V_MAX], max_active;
} S;

enum { M_CMD, M_DATA, M_BDAT, M_AUTH1, M_AUTH2 };
enum { K_LISTEN, K_TLSLISTEN, K_CTLLISTEN, K_SIG, K_TIMER, K_CONN, K_CTL };

typedef struct Ev { int kind; int fd; } Ev;

typedef struct Conn {
  Ev ev;
  u64 id, gen;
  int mode, tls_on, want_close, paused, epollout, discard, eof;
  int have_mail, nrcpt, ehlo, authed, auth_plain_wait, bdat_last, bdat_bad, in_bdat_txn, dot_state, starttls_next;
  u64 bdat_left, msg_bytes;
  char *left;  // unfinished command line
  int left_len, left_cap;
  char *out;   // replies not sent yet
  int out_len, out_cap, out_off, out_ready;  // out_ready: bytes that may be sent now (delay)
  char *dump;
  size_t dump_len, dump_cap;
#ifdef WITH_TLS
  SSL *ssl;
  int hs;
#endif
} Conn;

typedef struct Pend { struct Pend *next; Conn *c; u64 gen, due; int upto; } Pend;

static int ep, delay_timer = -1;
static u64 delay_ns;
static Pend *pend_head, *pend_tail, *pend_free;
static Ev timer_ev = {K_TIMER, -1}, sig_ev = {K_SIG, -1};
static char rbuf[RBUF + MAXLINE + 16];
static u64 next_id = 1, gen_counter = 1;
static char ehlo_plain[2048], ehlo_tls[2048];
static int ext_chunking, ext_pipelining, opt_quiet, auth_required;
static char *auth_plain_b64, *auth_user, *auth_pass, *reject_rcpt, *dump_dir;
static u64 dump_max = 0, dumped = 0;
static FILE *trace;
static u64 t_start;
static int rcvbuf_opt;
#ifdef WITH_TLS
static SSL_CTX *ctx;
#endif

static u64 now_ns(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (u64)ts.tv_sec * 1000000000ull + ts.tv_nsec;
}
static void die(const char *m) { perror(m); exit(2); }

static int stats_json(char *b, size_t n) {
  struct rusage ru;
  getrusage(RUSAGE_SELF, &ru);
  double cpu = ru.ru_utime.tv_sec + ru.ru_stime.tv_sec + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
  int o = snprintf(b, n,
    "{\"connections\":%lu,\"active\":%lu,\"max_active\":%lu,\"messages\":%lu,\"rcpts\":%lu,\"rcpt_rejected\":%lu,\"bytes\":%lu,"
    "\"data_msgs\":%lu,\"bdat_msgs\":%lu,\"bdat_chunks\":%lu,\"turns\":%lu,\"recv_calls\":%lu,\"send_calls\":%lu,"
    "\"wire_in\":%lu,\"wire_out\":%lu,\"errors\":%lu,\"early_data\":%lu,\"pipelined\":%lu,\"bare_lf\":%lu,"
    "\"tls_handshakes\":%lu,\"tls_resumed\":%lu,\"auths\":%lu,\"injections\":%lu,\"cpu_s\":%.6f,\"cmds\":{",
    S.connections, S.active, S.max_active, S.messages, S.rcpts, S.rcpt_rejected, S.bytes, S.data_msgs, S.bdat_msgs, S.bdat_chunks,
    S.turns, S.recv_calls, S.send_calls, S.wire_in, S.wire_out, S.errors, S.early_data, S.pipelined, S.bare_lf,
    S.tls_handshakes, S.tls_resumed, S.auths, S.injections, cpu);
  for (int i = 0; i < V_MAX; i++) o += snprintf(b + o, n - o, "%s\"%s\":%lu", i ? "," : "", vname[i], S.cmds[i]);
  o += snprintf(b + o, n - o, "}}\n");
  return o;
}

static void ep_mod(Conn *c) {
  struct epoll_event e = {.events = (c->paused || c->eof ? 0 : EPOLLIN) | (c->epollout ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->ev.fd, &e);
}

static void conn_close(Conn *c) {
  if (c->ev.fd < 0) return;
  epoll_ctl(ep, EPOLL_CTL_DEL, c->ev.fd, NULL);
#ifdef WITH_TLS
  if (c->ssl) { SSL_shutdown(c->ssl); SSL_free(c->ssl); c->ssl = NULL; ERR_clear_error(); }
#endif
  close(c->ev.fd);
  c->ev.fd = -1;
  S.active--;
  free(c->left); free(c->out); free(c->dump);
  c->left = c->out = c->dump = NULL;
  c->gen = 0;  // pending delayed flushes are void now
}

// ---- output
static inline void out(Conn *c, const char *s, int n) {
  if (c->out_len + n > c->out_cap) {
    c->out_cap = (c->out_len + n) * 2 + 4096;
    c->out = realloc(c->out, c->out_cap);
  }
  memcpy(c->out + c->out_len, s, n);
  c->out_len += n;
}
#define OUTS(c, s) out(c, s, sizeof(s) - 1)
#define ERRS(c, s) (S.errors++, OUTS(c, s))

static void tracef(Conn *c, const char *dir, const char *p, int n) {
  int k = 0;
  while (k < n && k < 60 && p[k] != '\r' && p[k] != '\n') k++;
  fprintf(trace, "%.3f c%lu %s %d %.*s\n", (now_ns() - t_start) / 1e6, c->id, dir, n, k, p);
}

// returns -1 if the connection is gone
static int do_send(Conn *c) {
  while (c->out_off < c->out_ready) {
    int n, want = c->out_ready - c->out_off;
#ifdef WITH_TLS
    if (c->tls_on) {
      n = SSL_write(c->ssl, c->out + c->out_off, want);
      if (n <= 0) {
        int e = SSL_get_error(c->ssl, n);
        ERR_clear_error();
        if (e == SSL_ERROR_WANT_WRITE || e == SSL_ERROR_WANT_READ) { errno = EAGAIN; n = -1; }
        else { conn_close(c); return -1; }
      }
    } else
#endif
      n = send(c->ev.fd, c->out + c->out_off, want, MSG_NOSIGNAL);
    S.send_calls++;
    if (n < 0) {
      if (errno == EAGAIN) {
        if (!c->epollout) { c->epollout = 1; ep_mod(c); }
        if (c->out_len - c->out_off > OUT_HIGH && !c->paused) { c->paused = 1; ep_mod(c); }
        return 0;
      }
      conn_close(c);
      return -1;
    }
    if (trace) tracef(c, ">", c->out + c->out_off, n);
    S.wire_out += n;
    c->out_off += n;
  }
  if (c->out_off == c->out_len) c->out_off = c->out_len = c->out_ready = 0;
  if (c->epollout || c->paused) { c->epollout = 0; c->paused = 0; ep_mod(c); }
  if ((c->want_close || c->eof) && c->out_len == 0) { conn_close(c); return -1; }
  return 0;
}

static int flush_out(Conn *c) {
  if (c->out_len == 0) {
    if (c->want_close || c->eof) { conn_close(c); return -1; }
    return 0;
  }
  if (c->out_len == c->out_ready) return 0;  // nothing new
  S.turns++;
  if (delay_ns == 0) { c->out_ready = c->out_len; return do_send(c); }
  Pend *p = pend_free;
  if (p) pend_free = p->next; else p = malloc(sizeof *p);
  p->next = NULL; p->c = c; p->gen = c->gen; p->due = now_ns() + delay_ns; p->upto = c->out_len;
  if (pend_tail) pend_tail->next = p;
  else {
    pend_head = p;
    struct itimerspec it = {.it_value = {p->due / 1000000000ull, p->due % 1000000000ull}};
    timerfd_settime(delay_timer, TFD_TIMER_ABSTIME, &it, NULL);
  }
  pend_tail = p;
  return 0;
}

static void run_timer(void) {
  u64 x;
  if (read(delay_timer, &x, 8) < 0) { }
  u64 n = now_ns();
  while (pend_head && pend_head->due <= n) {
    Pend *p = pend_head;
    pend_head = p->next;
    if (!pend_head) pend_tail = NULL;
    Conn *c = p->c;
    if (c->gen == p->gen && c->ev.fd >= 0) {
      // offsets stay valid: the buffer is only reset when it is empty, and then nothing is pending
      if (p->upto > c->out_ready) c->out_ready = p->upto;
      if (c->out_ready > c->out_len) c->out_ready = c->out_len;
      do_send(c);
    }
    p->next = pend_free; pend_free = p;
  }
  if (pend_head) {
    struct itimerspec it = {.it_value = {pend_head->due / 1000000000ull, pend_head->due % 1000000000ull}};
    timerfd_settime(delay_timer, TFD_TIMER_ABSTIME, &it, NULL);
  }
}

// ---- dump
static void dump_add(Conn *c, const char *p, size_t n) {
  if (dumped + 1 > dump_max) return;
  if (c->dump_len + n > c->dump_cap) {
    c->dump_cap = (c->dump_len + n) * 2;
    c->dump = realloc(c->dump, c->dump_cap);
  }
  memcpy(c->dump + c->dump_len, p, n);
  c->dump_len += n;
}
static void dump_end(Conn *c, int is_data) {
  if (dumped >= dump_max || !c->dump) { c->dump_len = 0; return; }
  char path[1024];
  snprintf(path, sizeof path, "%s/msg-%05lu.eml", dump_dir, ++dumped);
  FILE *f = fopen(path, "w");
  if (f) {
    if (is_data) {  // drop the final ".CRLF" and the dot-stuffing
      size_t n = c->dump_len >= 3 ? c->dump_len - 3 : 0, i = 0;
      while (i < n) {
        if (c->dump[i] == '.' && (i == 0 || (i > 1 && c->dump[i - 2] == '\r'))) i++;  // only after CRLF
        char *nl = memchr(c->dump + i, '\n', n - i);
        size_t e = nl ? (size_t)(nl - c->dump) + 1 : n;
        fwrite(c->dump + i, 1, e - i, f);
        i = e;
      }
    } else fwrite(c->dump, 1, c->dump_len, f);
    fclose(f);
  }
  c->dump_len = 0;
}

// ---- end of message
static char *u64s(u64 v, char *e) { *e = 0; do { *--e = '0' + v % 10; v /= 10; } while (v); return e; }
static void queued(Conn *c) {
  char b[24], *d = u64s(S.messages, b + 23);
  OUTS(c, "250 2.0.0 Ok: queued as ");
  out(c, d, b + 23 - d);
  OUTS(c, "\r\n");
}
static void reset_txn(Conn *c) { c->have_mail = c->nrcpt = c->in_bdat_txn = c->bdat_bad = 0; c->msg_bytes = 0; c->dump_len = 0; }

// Scans for the end of DATA. Returns the number of bytes used; *done is set if the end was found.
static size_t scan_data(Conn *c, const char *p, size_t n, int *done) {
  size_t i = 0;
  int st = c->dot_state;
  *done = 0;
  for (;;) {
    while (st != 0 && i < n) {
      char ch = p[i++];
      switch (st) {
        case 1: st = ch == '\n' ? 2 : ch == '\r' ? 1 : 0; break;
        case 2: st = ch == '.' ? 3 : ch == '\r' ? 1 : 0; break;
        case 3: st = ch == '\r' ? 4 : 0; break;
        case 4: if (ch == '\n') { *done = 1; c->dot_state = 0; return i; } st = ch == '\r' ? 1 : 0; break;
      }
    }
    if (i >= n) { c->dot_state = st; return n; }
    // state 0 at i: jump to the next dot that stands at the start of a line
    const char *q = memchr(p + i, '.', n - i);
    if (!q) {
      size_t r = n - i;
      if (r >= 2 && p[n - 2] == '\r' && p[n - 1] == '\n') st = 2;
      else if (r >= 1 && p[n - 1] == '\r') st = 1;
      c->dot_state = st;
      return n;
    }
    size_t k = q - p;
    if (k - i >= 2 && p[k - 1] == '\n' && p[k - 2] == '\r') st = 3;
    i = k + 1;
  }
}

// ---- commands
static inline int is_verb(const char *p, int n, const char *v, int vl) {
  return n >= vl && strncasecmp(p, v, vl) == 0 && (n == vl || p[vl] == ' ');
}
static void auth_result(Conn *c, int ok) {
  c->mode = M_CMD;
  if (ok) { c->authed = 1; S.auths++; OUTS(c, "235 2.7.0 Authentication successful\r\n"); }
  else ERRS(c, "535 5.7.8 Authentication failed\r\n");
}

static void command(Conn *c, const char *p, int n, int more) {
  if (more) S.pipelined++;
  if (c->mode == M_AUTH1) {
    if (auth_plain_b64 && c->auth_plain_wait) { c->auth_plain_wait = 0; auth_result(c, (int)strlen(auth_plain_b64) == n && !memcmp(p, auth_plain_b64, n)); return; }
    c->mode = M_AUTH2; OUTS(c, "334 UGFzc3dvcmQ6\r\n"); return;
  }
  if (c->mode == M_AUTH2) { auth_result(c, 1); return; }
  char a = n > 0 ? p[0] & 0xDF : 0;
  switch (a) {
    case 'M':
      if (is_verb(p, n, "MAIL", 4)) {
        S.cmds[V_MAIL]++;
        if (auth_required && !c->authed) { ERRS(c, "530 5.7.0 Authentication required\r\n"); return; }
        if (c->have_mail) { ERRS(c, "503 5.5.1 nested MAIL command\r\n"); return; }
        if (n < 10 || strncasecmp(p + 5, "FROM:", 5)) { ERRS(c, "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"); return; }
        c->have_mail = 1; c->nrcpt = 0;
        OUTS(c, "250 2.1.0 Ok\r\n");
        return;
      }
      break;
    case 'R':
      if (is_verb(p, n, "RCPT", 4)) {
        S.cmds[V_RCPT]++;
        if (!c->have_mail) { ERRS(c, "503 5.5.1 need MAIL command\r\n"); return; }
        if (n < 8 || strncasecmp(p + 5, "TO:", 3)) { ERRS(c, "501 5.5.4 Syntax: RCPT TO:<address>\r\n"); return; }
        if (reject_rcpt && memmem(p, n, reject_rcpt, strlen(reject_rcpt))) { S.rcpt_rejected++; OUTS(c, "550 5.1.1 no such user\r\n"); return; }
        c->nrcpt++; S.rcpts++;
        OUTS(c, "250 2.1.5 Ok\r\n");
        return;
      }
      if (is_verb(p, n, "RSET", 4)) { S.cmds[V_RSET]++; reset_txn(c); OUTS(c, "250 2.0.0 Ok\r\n"); return; }
      break;
    case 'D':
      if (is_verb(p, n, "DATA", 4)) {
        S.cmds[V_DATA]++;
        if (!c->nrcpt || c->in_bdat_txn) { ERRS(c, "503 5.5.1 need RCPT command\r\n"); return; }
        c->mode = M_DATA; c->dot_state = 2; c->msg_bytes = 0; c->dump_len = 0;
        if (more) S.early_data++;
        OUTS(c, "354 End data with <CR><LF>.<CR><LF>\r\n");
        return;
      }
      break;
    case 'B':
      if (is_verb(p, n, "BDAT", 4)) {
        S.cmds[V_BDAT]++; S.bdat_chunks++;
        int i = 4; u64 v = 0, dig = 0;
        while (i < n && p[i] == ' ') i++;
        while (i < n && p[i] >= '0' && p[i] <= '9') { v = v * 10 + (p[i] - '0'); i++; dig++; }
        while (i < n && p[i] == ' ') i++;
        int last = n - i == 4 && !strncasecmp(p + i, "LAST", 4);
        if (!dig || (i < n && !last)) { ERRS(c, "501 5.5.4 Syntax: BDAT count [LAST]\r\n"); return; }
        c->bdat_left = v; c->bdat_last = last; c->mode = M_BDAT;
        if (!ext_chunking || !c->nrcpt) c->bdat_bad = 1;
        c->in_bdat_txn = 1;
        return;
      }
      break;
    case 'E':
      if (is_verb(p, n, "EHLO", 4)) {
        S.cmds[V_EHLO]++; c->ehlo = 1; reset_txn(c);
        const char *e = c->tls_on ? ehlo_tls : ehlo_plain;
        out(c, e, strlen(e));
        return;
      }
      break;
    case 'H':
      if (is_verb(p, n, "HELO", 4)) { S.cmds[V_HELO]++; c->ehlo = 1; reset_txn(c); OUTS(c, "250 fastsink\r\n"); return; }
      break;
    case 'N':
      if (is_verb(p, n, "NOOP", 4)) { S.cmds[V_NOOP]++; OUTS(c, "250 2.0.0 Ok\r\n"); return; }
      break;
    case 'Q':
      if (is_verb(p, n, "QUIT", 4)) { S.cmds[V_QUIT]++; OUTS(c, "221 2.0.0 Bye\r\n"); c->want_close = 1; return; }
      break;
    case 'S':
      if (is_verb(p, n, "STARTTLS", 8)) {
        S.cmds[V_STARTTLS]++;
#ifdef WITH_TLS
        if (ctx && !c->tls_on) { if (more) S.injections++; c->starttls_next = 1; OUTS(c, "220 2.0.0 Ready to start TLS\r\n"); return; }
#endif
        ERRS(c, "503 5.5.1 STARTTLS not available\r\n");
        return;
      }
      break;
    case 'A':
      if (is_verb(p, n, "AUTH", 4) && auth_plain_b64) {
        S.cmds[V_AUTH]++;
        int i = 5;
        if (n - i >= 5 && !strncasecmp(p + i, "PLAIN", 5)) {
          i += 5;
          while (i < n && p[i] == ' ') i++;
          if (i >= n) { c->mode = M_AUTH1; c->auth_plain_wait = 1; OUTS(c, "334 \r\n"); return; }
          auth_result(c, (int)strlen(auth_plain_b64) == n - i && !memcmp(p + i, auth_plain_b64, n - i));
          return;
        }
        if (n - i >= 5 && !strncasecmp(p + i, "LOGIN", 5)) {
          i += 5;
          while (i < n && p[i] == ' ') i++;
          if (i < n) { c->mode = M_AUTH2; OUTS(c, "334 UGFzc3dvcmQ6\r\n"); return; }
          c->mode = M_AUTH1; OUTS(c, "334 VXNlcm5hbWU6\r\n");
          return;
        }
        ERRS(c, "504 5.5.4 mechanism not supported\r\n");
        return;
      }
      break;
  }
  S.cmds[V_OTHER]++;
  ERRS(c, "500 5.5.2 Error: command not recognized\r\n");
}

// Feeds n bytes at p. Returns -1 if the connection is gone.
static int feed(Conn *c, char *p, size_t n) {
  size_t i = 0;
  while (i < n || (c->mode == M_BDAT && c->bdat_left == 0)) {
    if (c->want_close) break;
    if (c->mode == M_DATA) {
      int done;
      size_t k = scan_data(c, p + i, n - i, &done);
      if (dump_max) dump_add(c, p + i, k);
      c->msg_bytes += k; i += k;
      if (done) {
        S.bytes += c->msg_bytes - 3; S.messages++; S.data_msgs++;
        if (dump_max) dump_end(c, 1);
        reset_txn(c); c->mode = M_CMD;
        queued(c);
      }
      continue;
    }
    if (c->mode == M_BDAT) {
      size_t k = n - i < c->bdat_left ? n - i : c->bdat_left;
      if (dump_max) dump_add(c, p + i, k);
      c->bdat_left -= k; c->msg_bytes += k; i += k;
      if (c->bdat_left == 0) {
        c->mode = M_CMD;
        if (c->bdat_bad) { ERRS(c, "503 5.5.1 BDAT not allowed now\r\n"); if (c->bdat_last) reset_txn(c); }
        else if (c->bdat_last) {
          S.bytes += c->msg_bytes; S.messages++; S.bdat_msgs++;
          if (dump_max) dump_end(c, 0);
          reset_txn(c);
          queued(c);
        } else OUTS(c, "250 2.0.0 chunk ok\r\n");
      }
      continue;
    }
    char *nl = memchr(p + i, '\n', n - i);
    if (!nl) break;
    size_t e = nl - p, ln = e - i;
    if (ln && p[e - 1] == '\r') ln--; else S.bare_lf++;
    command(c, p + i, ln, e + 1 < n);
    i = e + 1;
    if (c->starttls_next == 1) { i = n; break; }  // whatever came behind STARTTLS is thrown away
  }
  if (i < n && !c->want_close) {
    size_t r = n - i;
    if (r > MAXLINE) { OUTS(c, "500 5.5.2 line too long\r\n"); c->want_close = 1; r = 0; }
    if ((int)r > c->left_cap) { c->left_cap = r * 2 + 256; c->left = realloc(c->left, c->left_cap); }
    memcpy(c->left, p + i, r);
    c->left_len = r;
  } else c->left_len = 0;
  if (flush_out(c) < 0) return -1;
#ifdef WITH_TLS
  if (c->starttls_next == 1) {
    c->starttls_next = 0; c->left_len = 0; c->ehlo = 0; c->authed = 0; reset_txn(c);
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, c->ev.fd);
    SSL_set_accept_state(c->ssl);
    c->tls_on = 1; c->hs = 1;
  }
#endif
  return 0;
}

static void greet(Conn *c) { OUTS(c, "220 fastsink ESMTP\r\n"); flush_out(c); }

static void conn_in(Conn *c) {
#ifdef WITH_TLS
  if (c->tls_on) {
    if (delay_ns && c->out_len) return;
    if (c->hs) {
      int r = SSL_accept(c->ssl);
      if (r <= 0) {
        int e = SSL_get_error(c->ssl, r);
        ERR_clear_error();
        if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) return;
        S.errors++;
        conn_close(c);
        return;
      }
      S.tls_handshakes++;
      if (SSL_session_reused(c->ssl)) S.tls_resumed++;
      int greet_now = c->hs == 2;
      c->hs = 0;
      if (greet_now) { greet(c); if (c->ev.fd < 0) return; }
    }
    for (;;) {
      if (c->left_len) memcpy(rbuf, c->left, c->left_len);
      int n = SSL_read(c->ssl, rbuf + c->left_len, RBUF);
      S.recv_calls++;
      if (n <= 0) {
        int e = SSL_get_error(c->ssl, n);
        ERR_clear_error();
        if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) return;
        conn_close(c);
        return;
      }
      S.wire_in += n;
      if (trace) tracef(c, "<", rbuf + c->left_len, n);
      int m = n + c->left_len;
      c->left_len = 0;
      if (feed(c, rbuf, m) < 0) return;
    }
  }
#endif
  if (c->left_len) memcpy(rbuf, c->left, c->left_len);
  ssize_t n = recv(c->ev.fd, rbuf + c->left_len, RBUF, 0);
  S.recv_calls++;
  if (n < 0) { if (errno == EAGAIN || errno == EINTR) return; conn_close(c); return; }
  if (n == 0) { c->eof = 1; if (c->out_len == 0) conn_close(c); else ep_mod(c); return; }
  S.wire_in += n;
  if (trace) tracef(c, "<", rbuf + c->left_len, n);
  size_t m = n + c->left_len;
  c->left_len = 0;
  feed(c, rbuf, m);
}

static void accept_all(Ev *l) {
  for (;;) {
    int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Conn *c = calloc(1, sizeof *c);  // closed connections leak their small struct: runs are short
    c->ev.kind = K_CONN; c->ev.fd = fd; c->id = next_id++; c->gen = gen_counter++;
    S.connections++; S.active++;
    if (S.active > S.max_active) S.max_active = S.active;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    if (trace) fprintf(trace, "%.3f c%lu connect\n", (now_ns() - t_start) / 1e6, c->id);
#ifdef WITH_TLS
    if (l->kind == K_TLSLISTEN) {
      c->ssl = SSL_new(ctx); SSL_set_fd(c->ssl, fd); SSL_set_accept_state(c->ssl);
      c->tls_on = 1; c->hs = 2;
      continue;
    }
#endif
    greet(c);
  }
}

static void ctl_in(Ev *l) {
  char b[256], r[4096];
  ssize_t n = recv(l->fd, b, sizeof b - 1, 0);
  if (n <= 0) { if (n < 0 && errno == EAGAIN) return; close(l->fd); free(l); return; }
  b[n] = 0;
  int o = 0;
  if (!strncmp(b, "reset", 5)) {
    u64 a = S.active;
    o = stats_json(r, sizeof r);
    memset(&S, 0, sizeof S);
    S.active = S.max_active = a;
  } else if (!strncmp(b, "stats", 5)) o = stats_json(r, sizeof r);
  else if (!strncmp(b, "delay ", 6)) { delay_ns = (u64)(atof(b + 6) * 1e6); o = snprintf(r, sizeof r, "{\"ok\":true}\n"); }
  else if (!strncmp(b, "quit", 4)) exit(0);
  else o = snprintf(r, sizeof r, "{\"error\":\"stats|reset|delay MS|quit\"}\n");
  if (send(l->fd, r, o, MSG_NOSIGNAL) < 0) { }
}

// returns the port, which the kernel picks for port 0
static int listen_on(const char *spec, int kind) {
  char h[64] = "127.0.0.1";
  const char *c = strrchr(spec, ':');
  int port = atoi(c ? c + 1 : spec);
  if (c) { snprintf(h, sizeof h, "%.*s", (int)(c - spec), spec); }
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, h, &a.sin_addr) != 1) { fprintf(stderr, "bad address %s\n", spec); exit(2); }
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (rcvbuf_opt) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf_opt, sizeof rcvbuf_opt);
  if (bind(fd, (void *)&a, sizeof a) < 0) die("bind");
  if (listen(fd, 4096) < 0) die("listen");
  Ev *l = calloc(1, sizeof *l);
  l->kind = kind; l->fd = fd;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = l};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  socklen_t al = sizeof a;
  if (getsockname(fd, (void *)&a, &al) < 0) die("getsockname");
  return ntohs(a.sin_port);
}

static char *b64(const unsigned char *s, int n) {
  static const char t[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *r = malloc(n * 2 + 8), *o = r;
  for (int i = 0; i < n; i += 3) {
    unsigned v = s[i] << 16 | (i + 1 < n ? s[i + 1] << 8 : 0) | (i + 2 < n ? s[i + 2] : 0);
    *o++ = t[v >> 18]; *o++ = t[v >> 12 & 63];
    *o++ = i + 1 < n ? t[v >> 6 & 63] : '='; *o++ = i + 2 < n ? t[v & 63] : '=';
  }
  *o = 0;
  return r;
}

static void usage(void) {
  fputs("fastsink [options]\n"
    "  --listen ADDR:PORT      plain SMTP (default 127.0.0.1:2525)\n"
    "  --tls-listen ADDR:PORT  implicit TLS (needs --cert/--key)\n"
    "  --cert F --key F        enables STARTTLS\n"
    "  --ext A,B,...           EHLO keywords (default PIPELINING,SIZE 2147483647,8BITMIME,ENHANCEDSTATUSCODES,SMTPUTF8,DSN,CHUNKING)\n"
    "  --auth USER:PASS        advertise and check AUTH PLAIN LOGIN    --auth-required\n"
    "  --delay MS              send each reply MS later (constant lag: pipelining still overlaps)\n"
    "  --control ADDR:PORT     TCP control port: stats | reset | delay MS | quit, one JSON line each\n"
    "  --reject-rcpt SUBSTR    550 for recipients that hold SUBSTR\n"
    "  --dump DIR --dump-max N write the first N messages to DIR (unstuffed)\n"
    "  --trace FILE            one line per recv/send with its time in ms\n"
    "  --rcvbuf N  --max-seconds N (default 3600)  --quiet\n"
    "SIGUSR1 prints the counts as JSON to stdout, SIGUSR2 resets them; they are printed on exit too.\n", stderr);
  exit(2);
}

static void build_ehlo(char *exts, int starttls, char *plain, char *tls) {
  for (int k = 0; k < 2; k++) {
    char *o = k ? tls : plain, buf[1024], *list[64];
    int n = 0;
    snprintf(buf, sizeof buf, "%s", exts);
    for (char *sp, *t = strtok_r(buf, ",", &sp); t && n < 60; t = strtok_r(NULL, ",", &sp)) list[n++] = t;
    if (auth_plain_b64) list[n++] = "AUTH PLAIN LOGIN";
    if (starttls && k == 0) list[n++] = "STARTTLS";
    int p = sprintf(o, "250%cfastsink\r\n", n ? '-' : ' ');
    for (int i = 0; i < n; i++) p += sprintf(o + p, "250%c%s\r\n", i == n - 1 ? ' ' : '-', list[i]);
  }
}

int main(int argc, char **argv) {
  char *lst = "127.0.0.1:2525", *tlsl = NULL, *ctl = NULL, *cert = NULL, *key = NULL, *tf = NULL;
  char *ext = "PIPELINING,SIZE 2147483647,8BITMIME,ENHANCEDSTATUSCODES,SMTPUTF8,DSN,CHUNKING";
  int maxs = 3600, port;
  for (int i = 1; i < argc; i++) {
    char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;
#define OPT(s) (!strcmp(a, s) && v && ++i)
    if (OPT("--listen")) lst = v;
    else if (OPT("--tls-listen")) tlsl = v;
    else if (OPT("--control")) ctl = v;
    else if (OPT("--cert")) cert = v;
    else if (OPT("--key")) key = v;
    else if (OPT("--ext")) ext = v;
    else if (OPT("--delay")) delay_ns = (u64)(atof(v) * 1e6);
    else if (OPT("--reject-rcpt")) reject_rcpt = v;
    else if (OPT("--dump")) dump_dir = v;
    else if (OPT("--dump-max")) dump_max = strtoull(v, NULL, 10);
    else if (OPT("--trace")) tf = v;
    else if (OPT("--rcvbuf")) rcvbuf_opt = atoi(v);
    else if (OPT("--max-seconds")) maxs = atoi(v);
    else if (OPT("--auth")) {
      auth_user = strdup(v);
      auth_pass = strchr(auth_user, ':');
      if (!auth_pass) usage();
      *auth_pass++ = 0;
      unsigned char b[512];
      int ul = strlen(auth_user), pl = strlen(auth_pass);
      b[0] = 0; memcpy(b + 1, auth_user, ul); b[ul + 1] = 0; memcpy(b + ul + 2, auth_pass, pl);
      auth_plain_b64 = b64(b, ul + pl + 2);
    } else if (!strcmp(a, "--auth-required")) auth_required = 1;
    else if (!strcmp(a, "--quiet")) opt_quiet = 1;
    else usage();
  }
  ext_chunking = !!strcasestr(ext, "CHUNKING");
  ext_pipelining = !!strcasestr(ext, "PIPELINING");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  signal(SIGPIPE, SIG_IGN);
  t_start = now_ns();
  if (tf) { trace = fopen(tf, "w"); if (!trace) die("trace"); setvbuf(trace, NULL, _IOLBF, 0); }
  if (dump_dir) { mkdir(dump_dir, 0755); if (!dump_max) dump_max = 1; }
  ep = epoll_create1(EPOLL_CLOEXEC);
#ifdef WITH_TLS
  if (cert && key) {
    ctx = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
      ERR_print_errors_fp(stderr);
      exit(2);
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"fastsink", 8);
  }
#else
  if (cert || key) { fprintf(stderr, "built without TLS\n"); exit(2); }
#endif
  build_ehlo(ext, cert != NULL, ehlo_plain, ehlo_tls);
  sigset_t m;
  sigemptyset(&m);
  sigaddset(&m, SIGUSR1); sigaddset(&m, SIGUSR2); sigaddset(&m, SIGINT); sigaddset(&m, SIGTERM); sigaddset(&m, SIGALRM);
  sigprocmask(SIG_BLOCK, &m, NULL);
  sig_ev.fd = signalfd(-1, &m, SFD_NONBLOCK | SFD_CLOEXEC);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = &sig_ev};
  epoll_ctl(ep, EPOLL_CTL_ADD, sig_ev.fd, &e);
  delay_timer = timer_ev.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  e.data.ptr = &timer_ev;
  epoll_ctl(ep, EPOLL_CTL_ADD, delay_timer, &e);
  port = listen_on(lst, K_LISTEN);
  if (tlsl) listen_on(tlsl, K_TLSLISTEN);
  if (ctl) listen_on(ctl, K_CTLLISTEN);
  alarm(maxs);
  printf("ready %d\n", port);
  fflush(stdout);
  struct epoll_event evs[256];
  char sb[4096];
  for (;;) {
    int n = epoll_wait(ep, evs, 256, -1);
    for (int i = 0; i < n; i++) {
      Ev *v = evs[i].data.ptr;
      switch (v->kind) {
        case K_LISTEN: case K_TLSLISTEN: accept_all(v); break;
        case K_CTLLISTEN: {
          int fd = accept4(v->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
          if (fd >= 0) {
            Ev *c = calloc(1, sizeof *c);
            c->kind = K_CTL; c->fd = fd;
            struct epoll_event x = {.events = EPOLLIN, .data.ptr = c};
            epoll_ctl(ep, EPOLL_CTL_ADD, fd, &x);
          }
          break;
        }
        case K_CTL: ctl_in(v); break;
        case K_TIMER: run_timer(); break;
        case K_SIG: {
          struct signalfd_siginfo si;
          while (read(v->fd, &si, sizeof si) == sizeof si) {
            if (si.ssi_signo == SIGUSR2) { u64 a = S.active; memset(&S, 0, sizeof S); S.active = S.max_active = a; continue; }
            int o = stats_json(sb, sizeof sb);
            if (!opt_quiet || si.ssi_signo == SIGUSR1) { fwrite(sb, 1, o, stdout); fflush(stdout); }
            if (si.ssi_signo != SIGUSR1) { if (trace) fclose(trace); exit(0); }
          }
          break;
        }
        case K_CONN: {
          Conn *c = (Conn *)v;
          if (c->ev.fd < 0) break;
          if ((evs[i].events & EPOLLOUT) && do_send(c) < 0) break;
          if (c->ev.fd >= 0 && (evs[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) conn_in(c);
          break;
        }
      }
    }
  }
}
