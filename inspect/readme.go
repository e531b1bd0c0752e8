package inspect

import "fmt"

// readme is what a person finds first.
func readme(m *Manifest) string {
	return fmt.Sprintf(`# 督查取证包 inspection bundle

案件 case: %s
范围 division: %q  期间 period: %s
账本 log: %s  截止 ledger size: %d

离线核验（公钥由督查方事先留存，不取自本包）：

    zhishu verify 本文件 --key 'PUBLIC KEY' --known-checkpoint 早先留存的检查点

| 文件 | 内容 |
|---|---|
| manifest.json, manifest.note | 清单：每个文件的大小与 SHA-256、SM3；由账本密钥签名 |
| checkpoint | 截止处的签名检查点（C2SP tlog-checkpoint） |
| checkpoints.json | 上次督查以来的全部签名检查点 |
| tile/ | 默克尔树与承诺（C2SP tlog-tiles） |
| facts/ | 全部事实，一行一条，附各自的盐，分段压缩（zstd -dc facts/* 即得）；个人信息仍为密文 |
| results/ | 所要的数字：星级、名次、参学率、样本的个人清单 |
| policies.json | 所依据的全部规则版本 |
| erasures.json | 已注销的人与注销的事实 |
| streams.json | 只取一个区划时：所含每条流的末条序号，由账本签名作证 |
| keys.age | 样本中各人的密钥，只有督查方能打开（如有） |

核验不相信本包的任何一句话：逐条事实算出树根，与签名比对；再由同样的事实重新算出每一个数字，逐字节比对。
`, m.Case.ID, m.Case.Division, m.Case.Period, m.Origin, m.Size)
}
