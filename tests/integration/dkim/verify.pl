# Verifies DKIM signatures by Mail::DKIM, as verify.py does by dkimpy; Ed25519 is "invalid" where CryptX is not installed.
use strict;
use warnings;
use JSON::PP;
use Mail::DKIM::Verifier;
use Net::DNS::RR;

my $given = decode_json(do { local $/; <STDIN> });
{
  no warnings qw(redefine once);
  *Mail::DKIM::DNS::query = sub {
    my ($name) = @_;
    my $text = $given->{records}{$name} or return;
    my @strings = map { s/;/\\;/gr } unpack('(A255)*', $text);
    return Net::DNS::RR->new("$name. 3600 IN TXT " . join(' ', map { "\"$_\"" } @strings));
  };
  *Mail::DKIM::DNS::query_async = sub {
    my ($name, $type, %about) = @_;
    my @found = Mail::DKIM::DNS::query($name);
    return sub { $about{Callbacks}{Success}->(@found) };
  };
}
my @verdicts = map {
  open my $file, '<:raw', $_ or die "$_: $!";
  my $verifier = Mail::DKIM::Verifier->new;
  $verifier->PRINT(do { local $/; <$file> });
  $verifier->CLOSE;
  [map { $_->result_detail } $verifier->signatures];
} @{ $given->{files} };
print encode_json(\@verdicts);
