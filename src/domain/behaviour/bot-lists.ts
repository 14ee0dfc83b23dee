// What gives a machine away, as data: parts of user agents in lower case, and networks of hosting companies. Lists grow
// old; a verdict is therefore a probability, kept with the event and changeable later.

/** Programs that say what they are. "bot" covers most; the others do not have it in their name. */
export const DECLARED_BOTS = [
  ...['bot', 'crawl', 'spider', 'scrape', 'slurp', 'preview', 'validator', 'archiver', 'monitor', 'feedfetcher'],
  ...[
    'facebookexternalhit',
    'facebookcatalog',
    'mediapartners-google',
    'google-read-aloud',
    'apis-google',
    'whatsapp/',
  ],
  ...['embedly', 'outbrain', 'vkshare', 'feedly', 'feedburner', 'lighthouse', 'pagespeed', 'gtmetrix', 'ptst/'],
  ...['pingdom', 'statuscake', 'site24x7', 'newrelicpinger', 'datadogsynthetics', 'uptime', 'catchpoint', 'checkly'],
  ...['ahrefs', 'semrush', 'screaming frog', 'siteaudit', 'netcraft', 'censys', 'shodan', 'zgrab', 'nuclei', 'nikto'],
]

/** Mail and link scanners that open what people are sent before they do. */
export const LINK_SCANNERS = [
  ...['googleimageproxy', 'yahoomailproxy', 'proofpoint', 'mimecast', 'barracuda', 'forcepoint', 'trendmicro'],
  ...['symantec', 'fireeye', 'messagelabs', 'sophos', 'bitdefender', 'zscaler', 'ms-office', 'microsoft office'],
]

/** Libraries and tools: no browser, so nobody looked at the page. */
export const HTTP_LIBRARIES = [
  ...['curl/', 'wget/', 'python-', 'python/', 'aiohttp', 'httpx', 'go-http-client', 'java/', 'jakarta', 'okhttp'],
  ...['apache-httpclient', 'libwww', 'lwp::', 'node-fetch', 'undici', 'axios/', 'got (', 'guzzle', 'ruby', 'faraday'],
  ...[
    'scrapy',
    'httpie',
    'postmanruntime',
    'insomnia',
    'winhttp',
    'powershell',
    'rest-client',
    'k6/',
    'jmeter',
    'reqwest',
  ],
]

/** Browsers that a program drives. */
export const AUTOMATED_BROWSERS = [
  ...[
    'headlesschrome',
    'phantomjs',
    'slimerjs',
    'puppeteer',
    'playwright',
    'selenium',
    'webdriver',
    'cypress',
    'htmlunit',
  ],
]

/** Phones whose maker's name holds "bot". */
export const NO_BOTS = ['cubot']

/**
 * Large networks of hosting companies (Amazon, Google, Microsoft, Hetzner, OVH, DigitalOcean, Linode, Vultr), coarse: an
 * address there is a hint and no more, for people behind company proxies and VPNs have one too.
 */
export const DATA_CENTRES = [
  ...['3.0.0.0/9', '13.32.0.0/12', '18.128.0.0/9', '34.64.0.0/10', '35.184.0.0/13', '35.192.0.0/12', '44.192.0.0/10'],
  ...['52.0.0.0/10', '54.64.0.0/11', '54.144.0.0/12', '54.160.0.0/11', '54.192.0.0/12', '20.33.0.0/16', '20.40.0.0/13'],
  ...['40.64.0.0/10', '104.40.0.0/13', '5.9.0.0/16', '46.4.0.0/16', '49.12.0.0/15', '65.21.0.0/16', '65.108.0.0/15'],
  ...[
    '78.46.0.0/15',
    '88.198.0.0/16',
    '88.99.0.0/16',
    '94.130.0.0/16',
    '95.216.0.0/15',
    '116.202.0.0/15',
    '135.181.0.0/16',
  ],
  ...['136.243.0.0/16', '138.201.0.0/16', '144.76.0.0/16', '148.251.0.0/16', '157.90.0.0/16', '159.69.0.0/16'],
  ...['167.235.0.0/16', '168.119.0.0/16', '176.9.0.0/16', '178.63.0.0/16', '188.40.0.0/16', '195.201.0.0/16'],
  ...['5.135.0.0/16', '5.196.0.0/16', '37.187.0.0/16', '46.105.0.0/16', '51.68.0.0/16', '51.75.0.0/16', '51.77.0.0/16'],
  ...['51.178.0.0/16', '54.36.0.0/16', '91.121.0.0/16', '92.222.0.0/16', '137.74.0.0/16', '145.239.0.0/16'],
  ...['147.135.0.0/16', '149.202.0.0/16', '151.80.0.0/16', '158.69.0.0/16', '167.114.0.0/16', '178.32.0.0/15'],
  ...['188.165.0.0/16', '192.99.0.0/16', '46.101.0.0/16', '68.183.0.0/16', '104.131.0.0/16', '104.248.0.0/16'],
  ...['134.209.0.0/16', '138.68.0.0/16', '138.197.0.0/16', '142.93.0.0/16', '157.245.0.0/16', '159.65.0.0/16'],
  ...['161.35.0.0/16', '165.22.0.0/16', '165.227.0.0/16', '167.99.0.0/16', '178.62.0.0/16', '188.166.0.0/16'],
  ...['206.189.0.0/16', '45.33.0.0/17', '45.56.64.0/18', '45.79.0.0/16', '50.116.0.0/18', '139.162.0.0/16'],
  ...[
    '172.104.0.0/15',
    '45.32.0.0/16',
    '45.63.0.0/17',
    '45.76.0.0/16',
    '104.207.128.0/19',
    '149.28.0.0/16',
    '207.148.0.0/17',
  ],
]
